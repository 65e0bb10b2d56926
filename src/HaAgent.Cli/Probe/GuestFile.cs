using System.Text;
using HaAgent.Cli.CommandLine;
using HaAgent.Core.Guest;
using HaAgent.Host;

namespace HaAgent.Cli.Probe;

/// <summary>A file with a guest's XML that an admin names.</summary>
internal static class GuestFile
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>The domain's name, and the XML.</summary>
    /// <exception cref="Stop">It is no such file.</exception>
    public static async Task<(string Name, string Text)> ReadAsync(string file)
    {
        byte[] content;
        try
        {
            // It may lie on a volume that stands still; a FIFO or a device would never end.
            ConfigContent read = await Task.Run(() => VolumeCall.Run(Deadline.In(Limit), () => ConfigFile.Read(file)));
            content = read.Bytes ?? throw new Stop(ExitCode.Refused, $"{file} is not a file with a guest's XML: it {read.Problem.TrimEnd('.')}. Name the file that 'virsh dumpxml' wrote.");
        }
        catch (TimeoutException e)
        {
            throw new Stop(ExitCode.Refused, $"{file} cannot be read: {e.Message}. Name the file that 'virsh dumpxml' wrote.");
        }

        DomainXml xml = DomainXml.Parse(content, out string problem)
            ?? throw new Stop(ExitCode.Refused, $"{file} {problem}. Name the file that 'virsh dumpxml' wrote.");
        using var reader = new StreamReader(new MemoryStream(content), Encoding.UTF8, detectEncodingFromByteOrderMarks: true);
        return (xml.Identity.Name, reader.ReadToEnd());
    }
}

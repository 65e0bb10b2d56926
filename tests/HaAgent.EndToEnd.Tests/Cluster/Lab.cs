using System.Diagnostics;
using HaAgent.EndToEnd.Tests.Node;

namespace HaAgent.EndToEnd.Tests.Cluster;

/// <summary>A cluster of tests/lab/lab. It ends with this object, or with this process, however it ends.</summary>
internal sealed class Lab : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("haagent-lab.").FullName;
    private readonly Process _leash;

    public Lab(params string[] options)
    {
        _leash = Process.Start(new ProcessStartInfo(Script, ["--dir", _directory, "up", "--leash", .. options])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
        })!;
        string error = _leash.StandardError.ReadToEnd();
        _leash.WaitForExit();
        if (_leash.ExitCode != 0)
        {
            Dispose();
            throw new InvalidOperationException(error);
        }
    }

    private static string Script => Path.Combine(Repository.Root, "tests/lab/lab");

    /// <summary>A verb of tests/lab/lab that has to succeed.</summary>
    public string Run(params string[] words)
    {
        Finished finished = Try(words);
        return finished.ExitCode == 0 && !finished.Killed
            ? finished.Output.Trim()
            : throw new InvalidOperationException($"{finished.Line}: exit status {finished.ExitCode}\n{finished.Output}{finished.Error}");
    }

    public Finished Try(params string[] words) => Command.Run([Script, "--dir", _directory, .. words], TimeSpan.FromMinutes(3));

    /// <summary>A command in a node that has to succeed.</summary>
    public string On(string node, params string[] command) => Run(["exec", node, .. command]);

    /// <summary>Waits until the conditions of `lab wait` have held, one after the other. The bound only turns a hang into a failure.</summary>
    public void Wait(params string[] conditions) => Run(["wait", "--for", "90", .. conditions]);

    /// <summary>How often the cluster has fenced a node.</summary>
    public int Fencings(string node) => int.Parse(Run("fenced", node));

    /// <summary>How often a node has booted since the lab came up.</summary>
    public int Boots(string node) => int.Parse(Run("boots", node));

    /// <summary>The QEMU processes of a guest in one node, or in all, whatever libvirt and the cluster say of it.</summary>
    public string[] Copies(string guest, params string[] node) =>
        Run(["copies", guest, .. node]).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Whether anybody holds the lease of a guest's disk.</summary>
    public bool LeaseIsHeld(string guest, string seenFrom) =>
        On(seenFrom, "/lab/machine/lease", $"/dev/disk/by-id/lab-{guest}") == "held";

    public GuestSession Connect(string guest) => new(Script, _directory, guest);

    public void Dispose()
    {
        _leash.StandardInput.Close();
        _leash.Dispose();
        Try("down"); // waits until it is gone, and takes the directory away
    }
}

using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace HaAgent.Cli.Json;

/// <summary>Every answer that <c>--json</c> can give; the code that writes them is made when haagent is built.</summary>
[JsonSerializable(typeof(CheckAnswer))]
[JsonSerializable(typeof(EvacuationAnswer))]
[JsonSerializable(typeof(ExplainAnswer))]
[JsonSerializable(typeof(PlanAnswer))]
[JsonSerializable(typeof(StatusAnswer))]
[JsonSerializable(typeof(VerifyAnswer))]
internal sealed partial class Answers : JsonSerializerContext
{
    /// <summary>Indented, and with its letters as they are: sentences are read by people too.</summary>
    public static readonly Answers Readable = new(new JsonSerializerOptions
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}

using System.Security.Cryptography;
using System.Text;
using HaAgent.Cluster.Planning;
using HaAgent.Cluster.Setup;

namespace HaAgent.Cli.Apply;

/// <summary>The shell text that gives a file its new content: all of it or nothing of it, whenever it is interrupted.</summary>
internal static class FileScript
{
    /// <summary>The script for one node.</summary>
    public static string For(Change.WriteFile change)
    {
        string path = ShellWord.Quote(change.Path);
        return $$"""
            set -e
            file={{path}}
            fingerprint() { if [ -f "$1" ]; then sha256sum < "$1" | cut -d' ' -f1; else echo missing; fi; }
            case $(fingerprint "$file") in
              {{Fingerprint(change.After)}}) ;;
              {{Fingerprint(change.Before)}})
            {{(change.After is null ? "rm -f \"$file\"" : Write(change, change.After))}}
              ;;
              *) echo "{{change.Path}} was changed by somebody else since haagent looked at it; nothing was written" >&2; exit 1 ;;
            esac
            {{change.Then}}
            """;
    }

    private static string Write(Change.WriteFile change, string after)
    {
        string backup = change is { KeepBackup: true, Before: not null }
            ? $"""
              copy=$file{LibvirtPaths.BackupSuffix}
              [ -e "$copy" ] || [ "$(fingerprint "$file")" = missing ] || {Braces("cp -p \"$file\" \"$copy.new\"; mv \"$copy.new\" \"$copy\"")}
              """
            : "";

        // Written beside it, made durable, then put in its place in one step.
        return $"""
            mkdir -p "$(dirname "$file")"
            trap 'rm -f "$file.haagent-new" "$file{LibvirtPaths.BackupSuffix}.new"' EXIT
            {backup}
            umask 077
            base64 -d > "$file.haagent-new" <<'END'
            {Convert.ToBase64String(Encoding.Latin1.GetBytes(after), Base64FormattingOptions.InsertLineBreaks).ReplaceLineEndings("\n")}
            END
            if [ -e "$file" ]; then chmod --reference="$file" "$file.haagent-new"; chown --reference="$file" "$file.haagent-new"; else chmod {change.NewMode} "$file.haagent-new"; fi
            sync "$file.haagent-new" 2>/dev/null || sync
            mv "$file.haagent-new" "$file"
            """;
    }

    private static string Braces(string commands) => $"{{ {commands}; }}";

    private static string Fingerprint(string? text) =>
        text is null ? "missing" : Convert.ToHexStringLower(SHA256.HashData(Encoding.Latin1.GetBytes(text)));
}

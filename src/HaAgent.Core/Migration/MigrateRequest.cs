namespace HaAgent.Core.Migration;

/// <summary>One typed parameter of a migration.</summary>
/// <param name="Field">VIR_MIGRATE_PARAM_*.</param>
/// <param name="Kind">The type libvirt demands.</param>
/// <param name="Value">Its text; validated to be of that type.</param>
public readonly record struct TypedValue(string Field, TypedKind Kind, string Value);

/// <summary>What virDomainMigrate3 is asked for.</summary>
/// <param name="Flags">Always with <see cref="MigrateFlags.Live"/>.</param>
/// <param name="Values">The typed parameters.</param>
public sealed record MigrateRequest(MigrateFlags Flags, IReadOnlyList<TypedValue> Values)
{
    /// <summary>The source's libvirtd talks to the target itself. Asked for only by migrate_options: such a migration goes on when the agent dies.</summary>
    public bool IsPeerToPeer => (Flags & MigrateFlags.Peer2Peer) != 0;

    /// <summary>The value of a field, or null.</summary>
    public string? ValueOf(string field)
    {
        foreach (TypedValue value in Values)
        {
            if (value.Field == field)
                return value.Value;
        }

        return null;
    }

    /// <summary>This request with a field set, in place of an earlier value.</summary>
    public MigrateRequest With(string field, TypedKind kind, string text)
    {
        var values = new List<TypedValue>();
        foreach (TypedValue value in Values)
        {
            if (value.Field != field)
                values.Add(value);
        }

        values.Add(new TypedValue(field, kind, text));
        return this with { Values = values };
    }

    /// <summary>Reads options as virsh takes them: --name, --name VALUE or --name=VALUE.</summary>
    /// <returns>What is wrong, as the end of a sentence; null when <paramref name="request"/> is good.</returns>
    public static string? Parse(string text, out MigrateRequest request)
    {
        MigrateFlags flags = MigrateFlags.Live;
        var values = new List<TypedValue>();
        request = new MigrateRequest(flags, values);
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < words.Length; i++)
        {
            int equals = words[i].IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? words[i] : words[i][..equals];
            if (MigrateOptionTable.Find(name) is not MigrateOption option)
                return $"contains '{name}', which is not an option of 'virsh migrate' that this agent knows";
            if (option.Refusal is not null)
                return $"contains '{name}', which {option.Refusal}";
            flags |= option.Flag;
            if (!option.TakesValue)
            {
                if (equals >= 0)
                    return $"gives '{name}' a value, and it takes none";
                continue;
            }

            string? value = equals >= 0 ? words[i][(equals + 1)..] : i + 1 < words.Length ? words[++i] : null;
            if (value is null || !MigrateOptionTable.Fits(option.Kind, value))
                return $"gives '{name}' no fitting value ({(option.Kind is TypedKind.Text or TypedKind.TextList ? "a text" : "a number")} is needed)";
            values.Add(new TypedValue(option.Field!, option.Kind, value));
        }

        request = new MigrateRequest(flags, values);
        return null;
    }
}

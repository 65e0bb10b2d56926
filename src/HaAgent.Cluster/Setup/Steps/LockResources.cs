using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Planning;

namespace HaAgent.Cluster.Setup.Steps;

/// <summary>Guide 18.3, steps 3 to 6: DLM and the volume, in a group, cloned over all nodes.</summary>
public static class LockResources
{
    private static readonly KeyValuePair<string, string> Interleave = new("interleave", "true");

    /// <summary>Writes the resources, or completes those that are there.</summary>
    public static Plan PlanFor(SetupIntent intent, Snapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(intent);
        ArgumentNullException.ThrowIfNull(snapshot);
        Cib cib = snapshot.Cib;
        Primitive[] wanted = [.. Wanted(intent)];
        Refusal[] refusals = [.. Conflicts(intent, cib, wanted)];
        if (refusals.Length > 0)
            return new Plan { Refusals = refusals };

        CibDraft draft = cib.Edit();
        string title = "configure the lock storage in the cluster";
        if (cib.Clone(intent.Names.GroupClone) is { } clone)
        {
            if (!Complete(draft, cib, clone, wanted))
                return new Plan();
            title = "complete the lock storage in the cluster";
        }
        else
        {
            draft.AddClonedGroup(intent.Names.GroupClone, intent.Names.Group, wanted, [Interleave]);
        }

        return Plan.Of(new Change.Configure(title, cib, draft.Finish()));
    }

    /// <summary>The guide's resources, with the timeouts that their agents ask for.</summary>
    private static IEnumerable<Primitive> Wanted(SetupIntent intent)
    {
        if (intent.Storage is Storage.Device device)
        {
            yield return new Primitive(intent.Names.Dlm, AgentName.Controld)
            {
                Operations = [Operation.Once("start", "90"), Operation.Once("stop", "100"), Monitor("60", "60")],
            };
            yield return Filesystem(
                intent,
                device.Path,
                device.Type switch
                {
                    VolumeType.Ocfs2 => "ocfs2",
                    VolumeType.Gfs2 => "gfs2",
                }
            );
        }
        else if (intent.Storage is Storage.ExistingMount mount)
        {
            Primitive bind = Filesystem(intent, mount.Inside, "none");
            yield return bind with
            {
                Parameters = [.. bind.Parameters, new("options", "bind")],
            };
        }
    }

    private static Primitive Filesystem(SetupIntent intent, string device, string type) =>
        new(intent.Names.Filesystem, AgentName.Filesystem)
        {
            Parameters = [new("device", device), new("directory", intent.Mount), new("fstype", type)],
            Operations = [Operation.Once("start", "60"), Operation.Once("stop", "60"), Monitor("20", "40")],
        };

    private static Operation Monitor(string interval, string timeout) =>
        new("monitor", [new("interval", interval), new("timeout", timeout)]);

    private static IEnumerable<Refusal> Conflicts(SetupIntent intent, Cib cib, Primitive[] wanted)
    {
        foreach (Primitive primitive in wanted)
        {
            foreach (Refusal refusal in Differs(intent, cib, primitive))
                yield return refusal;
        }

        bool whole =
            cib.Clone(intent.Names.GroupClone) is { } clone
            && clone.Child == intent.Names.Group
            && cib.Group(intent.Names.Group) is { } group
            && group.Members.SequenceEqual(wanted.Select(p => p.Id).Concat(group.Members.Except(wanted.Select(p => p.Id))));
        if (!whole && new[] { intent.Names.GroupClone, intent.Names.Group }.Where(cib.HasId).ToArray() is { Length: > 0 } taken)
        {
            yield return new Refusal(
                $"{string.Join(" and ", taken)} in the cluster's configuration is not a clone of a group that begins with "
                    + $"{string.Join(", ", wanted.Select(p => p.Id))}",
                $"choose other names with --clone and --group, or delete what bears them (crm configure delete)"
            );
        }

        foreach (Refusal refusal in Instances(intent, cib))
            yield return refusal;

        // Two controld resources would each try to run the one DLM of a node.
        if (
            wanted.FirstOrDefault(p => p.Agent == AgentName.Controld) is { } dlm
            && cib.Primitives.FirstOrDefault(p => p.Agent == AgentName.Controld && p.Id != dlm.Id) is { } other
        )
        {
            yield return new Refusal(
                $"the cluster already runs DLM as {other.Id} (in {cib.ParentOf(other.Id) ?? "no group"}), and a node can run it only once",
                $"put the volume into that group and name it: --dlm {other.Id} --group {cib.ParentOf(other.Id) ?? "GROUP"} --clone CLONE"
            );
        }
    }

    // With any of these the storage would not be there once on each node.
    private static IEnumerable<Refusal> Instances(SetupIntent intent, Cib cib)
    {
        if (cib.Clone(intent.Names.GroupClone) is not { } clone)
            yield break;
        foreach (string name in new[] { "clone-max", "clone-node-max", "clone-min", "globally-unique", "promotable" })
        {
            bool harmless = (name, clone.MetaValue(name)) switch
            {
                (_, null) => true,
                ("clone-node-max", "1") => true,
                ("clone-max", var most) => int.TryParse(most, out int count) && count >= cib.Nodes.Count,
                ("clone-min", _) => false,
                (_, var value) => ClusterBoolean.IsFalse(value),
            };
            if (!harmless)
                yield return new Refusal(
                    $"{clone.Id} in the cluster's configuration has {name}={clone.MetaValue(name)}, and the lock storage must run once on "
                        + "each node",
                    $"crm resource meta {clone.Id} delete {name}"
                );
        }
    }

    private static IEnumerable<Refusal> Differs(SetupIntent intent, Cib cib, Primitive wanted)
    {
        if (cib.Primitive(wanted.Id) is { } present)
        {
            if (present.Agent != wanted.Agent)
            {
                yield return new Refusal(
                    $"{wanted.Id} in the cluster's configuration is {present.Agent.FullName}, not {wanted.Agent.FullName}",
                    $"choose another name for ours (see haagent setup --help)"
                );
                yield break;
            }

            foreach ((string name, string value) in wanted.Parameters)
            {
                if (present.Parameter(name) != value)
                {
                    yield return new Refusal(
                        $"{wanted.Id} in the cluster's configuration has {name}={present.Parameter(name) ?? "(nothing)"}, not {value}",
                        $"name what is configured, or choose another name for the resource; to begin anew: haagent teardown --clone "
                            + $"{intent.Names.GroupClone}"
                    );
                }
            }

            if (cib.ParentOf(wanted.Id) != intent.Names.Group)
                yield return new Refusal(
                    $"{wanted.Id} is in {cib.ParentOf(wanted.Id) ?? "no group"}, not in {intent.Names.Group}",
                    $"name its group and clone with --group and --clone"
                );
        }
        else if (cib.HasId(wanted.Id))
        {
            yield return new Refusal(
                $"the name {wanted.Id} is taken in the cluster's configuration",
                $"choose another name for ours (see haagent setup --help)"
            );
        }

        foreach (
            Primitive other in cib.Primitives.Where(p =>
                p.Id != wanted.Id && p.Agent == AgentName.Filesystem && wanted.Agent == AgentName.Filesystem
            )
        )
        {
            foreach (string name in new[] { "device", "directory" })
            {
                if (other.Parameter(name) == wanted.Parameter(name))
                    yield return new Refusal(
                        $"{other.Id} in the cluster's configuration already has {name}={other.Parameter(name)}",
                        $"use that resource (--filesystem {other.Id}), or name another {name}"
                    );
            }
        }
    }

    /// <summary>Adds what is missing. What an admin set otherwise, such as a longer timeout, is left as it is.</summary>
    private static bool Complete(CibDraft draft, Cib cib, Clone clone, Primitive[] wanted)
    {
        bool changed = false;
        if (!ClusterBoolean.IsTrue(clone.MetaValue(Interleave.Key)))
        {
            draft.SetMeta(clone.Id, Interleave.Key, Interleave.Value);
            changed = true;
        }

        foreach (Primitive primitive in wanted)
        {
            Primitive present = cib.Primitive(primitive.Id)!;
            foreach (Operation operation in primitive.Operations.Where(op => present.FindOperation(op.Name) is null))
            {
                draft.AddOperation(primitive.Id, operation);
                changed = true;
            }
        }

        return changed;
    }
}

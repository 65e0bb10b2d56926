using System.Text.Json.Serialization;

namespace HaAgent.Core.Node;

/// <summary>One thing to ask a node: a closed choice. It travels as JSON, by the word in its row below.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "ask")]
[JsonDerivedType(typeof(ReleaseQuestion), "release")]
[JsonDerivedType(typeof(HostQuestion), "host")]
[JsonDerivedType(typeof(KernelFilesystemsQuestion), "kernel-filesystems")]
[JsonDerivedType(typeof(MountsQuestion), "mounts")]
[JsonDerivedType(typeof(FilesQuestion), "files")]
[JsonDerivedType(typeof(DirectoriesQuestion), "directories")]
[JsonDerivedType(typeof(PathsQuestion), "paths")]
[JsonDerivedType(typeof(DevicesQuestion), "devices")]
[JsonDerivedType(typeof(SbdQuestion), "sbd")]
[JsonDerivedType(typeof(DaemonsQuestion), "daemons")]
[JsonDerivedType(typeof(UnitsQuestion), "units")]
[JsonDerivedType(typeof(RunningGuestsQuestion), "running-guests")]
[JsonDerivedType(typeof(DomainsQuestion), "domains")]
[JsonDerivedType(typeof(CpusQuestion), "cpus")]
[JsonDerivedType(typeof(LinksQuestion), "links")]
[JsonDerivedType(typeof(RingQuestion), "ring")]
[JsonDerivedType(typeof(PeersQuestion), "peers")]
[JsonDerivedType(typeof(NeighboursQuestion), "neighbours")]
[JsonDerivedType(typeof(LeasesQuestion), "leases")]
[JsonDerivedType(typeof(LogLinesQuestion), "log-lines")]
public abstract record NodeQuestion;

/// <summary>Which release of haagent the node has.</summary>
public sealed record ReleaseQuestion : NodeQuestion;

using System.Text.Json.Serialization;

namespace HaAgent.Core.Node;

/// <summary>What a node says to one question: a closed choice, one kind for each <see cref="NodeQuestion"/>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "answer")]
[JsonDerivedType(typeof(ReleaseAnswer), "release")]
[JsonDerivedType(typeof(HostAnswer), "host")]
[JsonDerivedType(typeof(KernelFilesystemsAnswer), "kernel-filesystems")]
[JsonDerivedType(typeof(MountsAnswer), "mounts")]
[JsonDerivedType(typeof(FilesAnswer), "files")]
[JsonDerivedType(typeof(DirectoriesAnswer), "directories")]
[JsonDerivedType(typeof(PathsAnswer), "paths")]
[JsonDerivedType(typeof(DevicesAnswer), "devices")]
[JsonDerivedType(typeof(SbdAnswer), "sbd")]
[JsonDerivedType(typeof(DaemonsAnswer), "daemons")]
[JsonDerivedType(typeof(UnitsAnswer), "units")]
[JsonDerivedType(typeof(RunningGuestsAnswer), "running-guests")]
[JsonDerivedType(typeof(DomainsAnswer), "domains")]
[JsonDerivedType(typeof(CpusAnswer), "cpus")]
[JsonDerivedType(typeof(LinksAnswer), "links")]
[JsonDerivedType(typeof(RingAnswer), "ring")]
[JsonDerivedType(typeof(PeersAnswer), "peers")]
[JsonDerivedType(typeof(NeighboursAnswer), "neighbours")]
[JsonDerivedType(typeof(LeasesAnswer), "leases")]
[JsonDerivedType(typeof(LogLinesAnswer), "log-lines")]
public abstract record NodeAnswer;

/// <summary>To <see cref="ReleaseQuestion"/>.</summary>
/// <param name="Version">The node's release of haagent.</param>
public sealed record ReleaseAnswer(string Version) : NodeAnswer;

using System.Text.Json.Serialization;

namespace HaAgent.Core.Node;

/// <summary>
/// One change of a node: a closed choice. Each can be made twice, and can be cut off at any point: made again, it finds what is done and does the
/// rest. Each looks once more, right before, at what it was planned for.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "change")]
[JsonDerivedType(typeof(MakeDirectory), "make-directory")]
public abstract record NodeChange;

/// <summary>Makes a directory, for its owner alone, on a volume that must be mounted.</summary>
/// <param name="Path">The directory, absolute.</param>
/// <param name="MountPoint">The mount point of the volume that it must lie on.</param>
public sealed record MakeDirectory(string Path, string MountPoint) : NodeChange;

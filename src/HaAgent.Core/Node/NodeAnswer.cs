using System.Text.Json.Serialization;

namespace HaAgent.Core.Node;

/// <summary>What a node says to one question: a closed choice, one kind for each <see cref="NodeQuestion"/>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "answer")]
[JsonDerivedType(typeof(ReleaseAnswer), "release")]
public abstract record NodeAnswer;

/// <summary>To <see cref="ReleaseQuestion"/>.</summary>
/// <param name="Version">The node's release of haagent.</param>
public sealed record ReleaseAnswer(string Version) : NodeAnswer;

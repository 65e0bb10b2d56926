using System.Text.Json.Serialization;

namespace HaAgent.Core.Node;

/// <summary>One thing to ask a node: a closed choice. It travels as JSON, by the word in its row below.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "ask")]
[JsonDerivedType(typeof(ReleaseQuestion), "release")]
public abstract record NodeQuestion;

/// <summary>Which release of haagent the node has.</summary>
public sealed record ReleaseQuestion : NodeQuestion;

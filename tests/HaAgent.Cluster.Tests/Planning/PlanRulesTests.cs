using HaAgent.Cluster.Planning;
using HaAgent.Core.Node;
using Xunit;

namespace HaAgent.Cluster.Tests.Planning;

/// <summary>What a node would refuse is refused before the first change, and not when the cluster stands still already.</summary>
public sealed class PlanRulesTests
{
    private static readonly Change Good = new Change.OnNode("alice", "make the cluster forget VM1", new ForgetResource("VM1"), TimeSpan.FromSeconds(1));
    private static readonly Change Bad = new Change.OnNode("alice", "make the cluster forget VM;1", new ForgetResource("VM;1"), TimeSpan.FromSeconds(1));

    [Fact]
    public void Judged_WhatNodesMake_IsThePlanItself()
    {
        var plan = new Plan { Changes = [Good] };

        Assert.Same(plan, PlanRules.Judged(plan));
    }

    [Fact]
    public void Judged_AnyChangeThatANodeRefuses_IsRefusedAsAWhole()
    {
        Refusal refusal = Assert.Single(PlanRules.Judged(new Plan { Changes = [Good, Bad] }).Refusals);

        Assert.Equal("haagent could not make the cluster forget VM;1: 'VM;1' is no resource's name", refusal.Sentence);
    }
}

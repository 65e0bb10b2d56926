using HaAgent.Cluster.Simulating;
using Xunit;

namespace HaAgent.Cluster.Tests.Planning;

public sealed class SimulatedActionsTests
{
    /// <summary>Printed by crm_simulate of Pacemaker 2.1.5 for two guests that a location constraint sends from a to b; shortened.</summary>
    private const string Output = """
        <pacemaker-result api-version="2.25" request="crm_simulate --simulate --xml-file sim.xml --output-as=xml">
          <actions>
            <rsc_action action="migrate" resource="V" source="a" dest="b" reason="resource definition change"/>
            <rsc_action action="move" resource="W" source="a" dest="b"/>
            <rsc_action action="start" resource="X:0" node="a" reason="no quorum" blocked="true"/>
            <rsc_action action="leave" resource="Y" node="a"/>
          </actions>
          <transition>
            <rsc_action resource="W" op="stop" node="a"/>
            <rsc_action resource="V" op="migrate_to" node="a"/>
          </transition>
        </pacemaker-result>
        """;

    [Fact]
    public void Sentences_OfMovingGuests_SayFromWhereToWhere() =>
        Assert.Equal(
            ["migrate V live from a to b (resource definition change)", "move W from a to b", "start X on a (blocked: no quorum)"],
            SimulatedActions.Sentences(SimulatedRun.Parse(Output)));
}

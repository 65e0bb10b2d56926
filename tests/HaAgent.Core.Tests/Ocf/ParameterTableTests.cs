using System.Xml;
using System.Xml.Linq;
using HaAgent.Core.Ocf;
using Xunit;

namespace HaAgent.Core.Tests.Ocf;

public sealed class ParameterTableTests
{
    /// <summary>The parameters of ocf:heartbeat:VirtualDomain in resource-agents 4.12, from its meta-data.</summary>
    private const string BashAgent = "config hypervisor force_stop migration_transport migration_user migration_downtime migration_speed migration_network_suffix "
        + "migrateuri migrate_options monitor_scripts autoset_utilization_cpu autoset_utilization_host_memory autoset_utilization_hv_memory "
        + "unset_utilization_cpu unset_utilization_host_memory unset_utilization_hv_memory migrateport remoteuri save_config_on_stop sync_config_on_stop "
        + "snapshot backingfile stateless copyindirs shutdown_mode start_resources";

    [Fact]
    public void Rows_ParametersOfTheBashAgent_AreAllThere()
    {
        Assert.Equal(27, BashAgent.Split(' ').Length);
        Assert.Empty(BashAgent.Split(' ').Except(ParameterTable.Rows.Select(row => row.Name)));
    }

    [Fact]
    public void Rows_Names_AreUnique() => Assert.Equal(ParameterTable.Rows.Length, ParameterTable.Rows.Select(row => row.Name).Distinct().Count());

    [Fact]
    public void Rows_Defaults_FitTheirOwnRow() =>
        Assert.All(ParameterTable.Rows.Where(row => row.Default.Length > 0), row => Assert.Null(row.Problem(row.Default)));

    [Fact]
    public void Rows_Texts_AreThere() => Assert.All(ParameterTable.Rows, row => Assert.True(row.Short.Length > 5 && row.Long.Length > 20, row.Name));

    [Fact]
    public void Rows_WhatARunningGuestCannotTake_IsNotReloadable() =>
        Assert.Equal(["config", "hypervisor", "backingfile", "stateless", "copyindirs"], ParameterTable.Rows.Where(row => !row.Reloadable).Select(row => row.Name));
}

public sealed class MetaDataTests
{
    private static readonly XElement Agent = XDocument.Load(XmlReader.Create(new StringReader(MetaData.Text("1.2.3")), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore })).Root!;

    [Fact]
    public void Text_EveryParameter_IsDescribed() =>
        Assert.Equal(ParameterTable.Rows.Select(row => row.Name), Agent.Element("parameters")!.Elements("parameter").Select(p => p.Attribute("name")!.Value));

    [Fact]
    public void Text_Actions_AreThoseOfTheTable() =>
        Assert.Equal(
            ["start", "stop", "status", "monitor", "monitor", "monitor", "migrate_from", "migrate_to", "reload-agent", "validate-all", "meta-data"],
            Agent.Element("actions")!.Elements("action").Select(a => a.Attribute("name")!.Value));

    [Fact]
    public void Text_Config_IsRequiredUniqueAndNotReloadable()
    {
        XElement config = Agent.Element("parameters")!.Elements("parameter").Single(p => p.Attribute("name")!.Value == "config");

        Assert.Equal("1", config.Attribute("required")!.Value);
        Assert.Equal("1", config.Attribute("unique")!.Value);
        Assert.Null(config.Attribute("reloadable"));
    }

    [Fact]
    public void Text_Version_IsTheAgents() => Assert.Equal("1.2.3", Agent.Attribute("version")!.Value);
}

using System.Xml;
using System.Xml.Linq;
using HaAgent.Core.Ocf;
using Xunit;

namespace HaAgent.Core.Tests.Ocf;

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

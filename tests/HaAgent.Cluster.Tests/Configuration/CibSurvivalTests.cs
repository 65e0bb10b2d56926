using System.Diagnostics;
using System.Xml.Linq;
using HaAgent.Cluster.Configuration;
using Xunit;

namespace HaAgent.Cluster.Tests.Configuration;

/// <summary>
/// What concerns others survives each change of the configuration: over generated ones, and in the forms that have gone wrong.
/// </summary>
public sealed class CibSurvivalTests
{
    private const int Many = 500;
    private static readonly string[] Named = ["rsc", "with-rsc", "first", "then"];

    [Theory]
    [InlineData("VM1")]
    [InlineData("cl-virt-lock")]
    public void Remove_GeneratedConfigurations_WhatConcernsOthersStays(string gone)
    {
        for (int seed = 0; seed < Many; seed++)
        {
            var before = XElement.Parse(new GeneratedCib(seed).Xml());
            HashSet<string> ids = [gone, .. Parts(before, gone)];

            // A tag that named nothing else is no more.
            foreach (XElement tag in before.Descendants("tag").Where(t => t.Elements("obj_ref").All(r => ids.Contains(Id(r)))).ToArray())
                ids.Add(Id(tag));
            var after = XElement.Parse(Cib.Parse(before.ToString()).Edit().Remove(gone).Finish().ToXml());

            Sound(after, seed);
            Assert.DoesNotContain(gone, Mentions(after));
            foreach (XElement constraint in before.Element("configuration")!.Element("constraints")!.Elements())
            {
                XElement? left = Find(after, constraint);
                HashSet<string> wanted = [.. Relations(before, constraint).Where(r => !r.Any(ids.Contains)).Select(r => string.Join('|', r))];
                bool mentions = Resolved(before, constraint).DescendantsAndSelf().Any(e => e.Name.LocalName == "resource_ref" ? ids.Contains(Id(e)) : Named.Any(n => ids.Contains((string?)e.Attribute(n) ?? "")));
                if (!mentions)
                    Hold(left is not null && Equal(Resolved(before, constraint), Resolved(after, left)), () => $"{seed}: {constraint}");
                else
                {
                    XElement[] parts = [.. after.Element("configuration")!.Element("constraints")!.Elements().Where(c => Id(c) == Id(constraint) || Id(c).StartsWith($"{Id(constraint)}-part-", StringComparison.Ordinal))];
                    HashSet<string> said = [.. parts.SelectMany(part => Relations(after, part)).Select(r => string.Join('|', r))];
                    Hold(wanted.SetEquals(said), () => $"{seed}: {constraint} became {string.Join<XElement>('\n', parts)}");
                    Hold(wanted.Count > 0 || parts.Length == 0, () => $"{seed}: nothing is left to say: {constraint} became {left}");
                }
            }

            OthersAreAsBefore(before, after, ids, seed);
        }
    }

    [Fact]
    public void Adopt_GeneratedConfigurations_OnlyThatGuestChanges()
    {
        for (int seed = 0; seed < Many; seed++)
        {
            var before = Cib.Parse(new GeneratedCib(seed).Xml());
            string value = before.Primitive("VM1")!.Parameter("remoteuri")!;

            Cib after = before.Edit().SetAgent("VM1", AgentName.Theirs).SetMeta("VM1", "maintenance", "true").SetMeta("VM1", "target-role", "Started")
                .SetParameter("VM1", "remoteuri", "qemu:///other").AddOperation("VM1", Operation.Once("migrate_to", "120s")).Finish();

            Sound(XElement.Parse(after.ToXml()), seed);
            OthersAreAsBefore(XElement.Parse(before.ToXml()), XElement.Parse(after.ToXml()), ["VM1"], seed);
            Primitive was = before.Primitive("VM1")!;
            Primitive now = after.Primitive("VM1")!;
            Assert.Equal(AgentName.Theirs, now.Agent);
            Assert.Equal("true", now.MetaValue("maintenance"));
            Assert.Equal("Started", now.MetaValue("target-role"));
            Assert.Equal("qemu:///other", now.Parameter("remoteuri"));
            Assert.Equal(was.Parameters.Select(p => p.Key).Distinct().Order(), now.Parameters.Select(p => p.Key).Distinct().Order());
            Assert.Equal(was.Parameter("config"), now.Parameter("config"));
            Assert.Equal(was.Operations.Select(o => o.Name).Append("migrate_to").Distinct().Order(), now.Operations.Select(o => o.Name).Order());
            Assert.NotEqual("qemu:///other", value);

            Cib forgotten = after.Edit().RemoveMeta("VM1", "maintenance").RemoveMeta("VM1", "target-role").Finish();

            Assert.Null(forgotten.Primitive("VM1")!.MetaValue("maintenance"));
            OthersAreAsBefore(XElement.Parse(before.ToXml()), XElement.Parse(forgotten.ToXml()), ["VM1"], seed);
        }
    }

    [Fact]
    public void SetConstraint_GeneratedConfigurations_TheOthersStay()
    {
        for (int seed = 0; seed < Many; seed++)
        {
            var before = Cib.Parse(new GeneratedCib(seed).Xml());

            Cib after = before.Edit().Add(new Primitive("VM9", AgentName.Ours))
                .SetConstraint(new Constraint("col-fs-virt", ConstraintKind.Colocation, "INFINITY", [new(["VM9"], false), new(["cl-virt-lock"], true)], true)).Finish();

            Sound(XElement.Parse(after.ToXml()), seed);
            OthersAreAsBefore(XElement.Parse(before.ToXml()), XElement.Parse(after.ToXml()), ["VM9", "col-fs-virt"], seed);
        }
    }

    [Fact]
    public void Changes_GeneratedConfigurations_PacemakersSchemaTakesThem()
    {
        const string Schema = "/usr/share/pacemaker/pacemaker-3.7.rng";
        Assert.SkipUnless(File.Exists(Schema) && File.Exists("/usr/bin/xmllint"), "needs Pacemaker's schema and xmllint");
        string folder = Directory.CreateTempSubdirectory("haagent-cibs").FullName;
        try
        {
            for (int seed = 0; seed < 300; seed++)
            {
                var before = Cib.Parse(new GeneratedCib(seed).Xml());
                Write(seed, "before", before);
                Write(seed, "removed", before.Edit().Remove("VM1").Finish());
                Write(seed, "torn-down", before.Edit().Remove("cl-virt-lock").Finish());
                Write(seed, "adopted", before.Edit().SetAgent("VM1", AgentName.Theirs).SetMeta("VM1", "maintenance", "true").Finish());
            }

            var start = new ProcessStartInfo("/usr/bin/xmllint") { RedirectStandardError = true };
            foreach (string word in new[] { "--noout", "--relaxng", Schema }.Concat(Directory.EnumerateFiles(folder)))
                start.ArgumentList.Add(word);
            using Process lint = Process.Start(start)!;
            string said = lint.StandardError.ReadToEnd();
            lint.WaitForExit();
            Assert.True(lint.ExitCode == 0, string.Join('\n', said.Split('\n').Where(line => !line.EndsWith("validates", StringComparison.Ordinal)).Take(10)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        void Write(int seed, string what, Cib cib) => File.WriteAllText(Path.Combine(folder, $"{seed}-{what}.xml"), cib.ToXml());
    }

    // No reference leads nowhere, and no id is there twice.
    private static void Sound(XElement cib, int seed)
    {
        XElement[] all = [.. cib.Element("configuration")!.Descendants()];
        string[] ids = [.. all.Where(e => e.Name.LocalName is not ("resource_ref" or "obj_ref" or "acl_target" or "role")).Select(Id).Where(id => id.Length > 0)];
        Hold(ids.Length == ids.Distinct().Count(), () => $"{seed}: twice: {ids.GroupBy(i => i).FirstOrDefault(g => g.Count() > 1)?.Key}");
        string? dangling = Mentions(cib).FirstOrDefault(m => !ids.Contains(m));
        Hold(dangling is null, () => $"{seed}: {dangling} is named and not there");
        Hold(!all.Any(e => e.Name.LocalName is "resource_set" or "tag" && !e.HasElements && e.Attribute("id-ref") is null), () => $"{seed}: an empty set or tag");
    }

    private static IEnumerable<string> Mentions(XElement cib)
    {
        foreach (XElement element in cib.Element("configuration")!.Descendants())
        {
            if (element.Name.LocalName is "resource_ref" or "obj_ref")
                yield return Id(element);
            foreach (XAttribute attribute in element.Attributes().Where(a => a.Name.LocalName is "rsc" or "with-rsc" or "first" or "then" or "reference" or "id-ref" or "template"))
                yield return attribute.Value;
        }
    }

    private static void OthersAreAsBefore(XElement before, XElement after, HashSet<string> except, int seed)
    {
        foreach (XElement element in before.Descendants().Where(e => e.Name.LocalName is "primitive" or "template" or "tag" or "acl_role" or "acl_target" or "group" or "clone"))
        {
            if (except.Contains(Id(element)) && element.Name.LocalName != "acl_target")
                continue;
            XElement wanted = Resolved(before, element);
            wanted.Descendants("obj_ref").Where(r => except.Contains(Id(r)) && !Stays(after, Id(r))).Remove();
            wanted.Descendants("acl_permission").Where(p => p.Attribute("reference") is { } r && !Stays(after, r.Value)).Remove();
            XElement? left = Find(after, element);
            Hold(left is not null && Equal(wanted, Resolved(after, left)), () => $"{seed}: {element} became {left}");
        }

        if (except.Contains("VM1") && Stays(after, "VM1"))
            Hold(Equal(before.Descendants("constraints").Single(), after.Descendants("constraints").Single()), () => $"{seed}: constraints changed");
    }

    private static bool Stays(XElement cib, string id) =>
        cib.Element("configuration")!.Descendants().Any(e => e.Name.LocalName is not ("resource_ref" or "obj_ref" or "acl_target" or "role") && Id(e) == id);

    private static IEnumerable<string> Parts(XElement cib, string id) =>
        cib.Descendants("resources").Descendants().Where(e => Id(e) == id).Descendants().Select(Id).Where(part => part.Length > 0);

    private static XElement? Find(XElement cib, XElement element) =>
        cib.Element("configuration")!.Descendants(element.Name).FirstOrDefault(e => Id(e) == Id(element));

    // With what it borrows written out; what is borrowed may be written elsewhere later.
    private static XElement Resolved(XElement root, XElement element)
    {
        if ((string?)element.Attribute("id-ref") is { } lent)
            return Resolved(root, root.Descendants(element.Name).First(e => Id(e) == lent));
        return new XElement(element.Name, element.Attributes(), element.Elements().Select(e => Resolved(root, e)));
    }

    private static bool Equal(XElement one, XElement other) => XNode.DeepEquals(Unnamed(one), Unnamed(other));

    // The ids of what is shared are nobody's concern; those of references are.
    private static XElement Unnamed(XElement element) => new(element.Name,
        element.Attributes().Where(a => a.Name.LocalName != "id" || element.Name.LocalName is "resource_ref" or "obj_ref" or "primitive").OrderBy(a => a.Name.LocalName, StringComparer.Ordinal),
        element.Elements().Select(Unnamed));

    /// <summary>What a constraint says, as pairs of resources (or one resource and a place), by Pacemaker's reading of sets.</summary>
    private static IEnumerable<string[]> Relations(XElement cib, XElement constraint)
    {
        string kind = constraint.Name.LocalName;
        if (constraint.Attribute("rsc-pattern") is not null)
            return [["pattern"]];
        XElement[] sets = [.. constraint.Elements("resource_set").Select(s => Resolved(cib, s))];
        if (sets.Length == 0)
            return [[.. Named.Select(n => (string?)constraint.Attribute(n)).OfType<string>()]];
        string[][] members = [.. sets.Select(s => s.Elements("resource_ref").Select(Id).ToArray())];
        if (kind is "rsc_location" or "rsc_ticket")
            return members.SelectMany(m => m).Select(m => new[] { m });
        var said = new List<string[]>();
        for (int i = 0; i < sets.Length; i++)
        {
            bool chained = (string?)sets[i].Attribute("sequential") != "false" || (kind == "rsc_order" && (string?)constraint.Attribute("kind") == "Serialize");
            for (int a = 0; chained && a < members[i].Length; a++)
            {
                for (int b = a + 1; b < members[i].Length; b++)
                    said.Add([members[i][a], members[i][b]]);
            }

            // Apart is a set from the next one alone; what is beside or before another is so by way of a third, too.
            bool apart = kind == "rsc_colocation" && ((string?)constraint.Attribute("score"))?.StartsWith('-') == true;
            for (int j = i + 1; j < (apart ? Math.Min(i + 2, sets.Length) : sets.Length); j++)
                said.AddRange(members[i].SelectMany(a => members[j].Select(b => new[] { a, b })));
        }

        return said;
    }

    // The words are made only when they are needed: there are very many.
    private static void Hold(bool holds, Func<string> words)
    {
        if (!holds)
            Assert.Fail(words());
    }

    private static string Id(XElement element) => (string?)element.Attribute("id") ?? "";
}

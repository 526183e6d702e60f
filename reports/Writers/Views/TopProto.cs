using MemTools.Reports.Graph;
using MemTools.Reports.Model;

namespace MemTools.Reports.Writers.Views;

/// <summary>pprof's <c>topproto</c>: the top table as a profile, one sample per node with its flat and cumulative value.</summary>
public static class TopProto
{
    /// <summary>The profile to write with <see cref="Pprof.PprofWriter"/>.</summary>
    public static Profile Make(ReportGraph graph)
    {
        var locations = new List<Location>(graph.Nodes.Count);
        var samples = new List<Sample>(graph.Nodes.Count);
        foreach (GraphNode node in graph.Nodes)
        {
            NodeInfo info = node.Info;
            samples.Add(new Sample { Locations = [locations.Count], Values = [node.Cum, node.Flat] });
            locations.Add(new Location
            {
                Address = info.Address,
                IsReturnAddress = false,
                Lines = [new Line(new Function(info.Name, info.Name, info.File), info.File, info.Line)],
            });
        }

        SampleType type = graph.Table.SampleType;
        return new Profile
        {
            SampleTypes = [new SampleType("cum", type.Unit), new SampleType("flat", type.Unit)],
            Samples = samples,
            Locations = locations,
            Mappings = [],
        };
    }
}

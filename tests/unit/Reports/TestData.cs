namespace MemTools.Tests.Reports;

/// <summary>Files of tests/data.</summary>
internal static class TestData
{
    /// <summary>The path of a file below tests/data.</summary>
    public static string Path(string relative)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = System.IO.Path.Combine(folder.FullName, "tests", "data", relative);
            if (File.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new FileNotFoundException("There is no tests/data file of that name above the tests.", relative);
    }
}

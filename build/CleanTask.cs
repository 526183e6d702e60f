namespace MemTools.Build;

/// <summary>Removes what the other tasks made.</summary>
internal static class CleanTask
{
    public static int Run(string[] options)
    {
        new Options(options).End();
        foreach (var folder in new[] { Repository.Out, Repository.Artifacts })
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }

        return 0;
    }
}

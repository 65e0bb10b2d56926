using HaAgent.Host.Child;

// A program is run by the executable that runs it once more: here, this one.
ChildWork.ServeIfChild(args, HaAgent.Host.Node.NodeVolume.Serve);

return await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);

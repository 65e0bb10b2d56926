using HaAgent.Host.Child;

// A child process is the executable that started it once more: here, this one.
ChildWork.ServeIfChild(args);
return await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);

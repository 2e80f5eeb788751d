using Postmill.Testing.Sink;

await SinkHost.RunAsync(args[0]);

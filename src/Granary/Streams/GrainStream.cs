using Granary.Calls;
using Orleans.Runtime;

namespace Granary.Streams;

/// <summary>The reader's side: what a stream method returns to its caller. Nothing is sent before it is enumerated.</summary>
internal sealed class GrainStream<T>(GrainCalls calls, GrainId target, GrainMethod method, object?[] arguments) : IAsyncEnumerable<T>
{
    private readonly object?[] _arguments = method.Isolate(arguments);
    private readonly CancellationToken _token = method.CancellationIndex >= 0 && arguments[method.CancellationIndex] is CancellationToken given ? given : default;

    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default) => new Reader(this, cancellationToken);

    private sealed class Reader(GrainStream<T> stream, CancellationToken token) : IAsyncEnumerator<T>
    {
        private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(stream._token, token);
        private readonly Guid _id = Guid.NewGuid();
        private readonly StreamPlace _place = new();
        private EnumerationBatch _batch = EnumerationBatch.NothingYet;
        private int _next;
        private bool _started;
        private bool _ended;
        private bool _broken;

        public T Current { get; private set; } = default!;

        public async ValueTask<bool> MoveNextAsync()
        {
            while (true)
            {
                _stop.Token.ThrowIfCancellationRequested();
                if (_next < _batch.Items.Length)
                {
                    Current = (T)_batch.Items[_next++]!;
                    return true;
                }

                if (IsOver()) return false;
                _batch = await ReadAsync().ConfigureAwait(false);
                _next = 0;
            }
        }

        public async ValueTask DisposeAsync()
        {
            var running = _started && !_ended;
            _ended = true;
            _stop.Dispose();
            if (!running) return;
            var end = EndAsync();
            // Whoever did not answer the reader is not waited for once more.
            if (!_broken) await end.ConfigureAwait(false);
        }

        private bool IsOver()
        {
            switch (_batch.Status)
            {
                case EnumerationStatus.Going when !_ended: return false;
                case EnumerationStatus.Going or EnumerationStatus.Completed: return true;
                case EnumerationStatus.Failed: throw Failure(_batch.Fault!);
                default: throw new EnumerationAbortedException($"The stream of {stream.Target} has ended before its time: the activation that served it has gone, or had given it up.");
            }
        }

        // The fault keeps its type and the producer's stack.
        private static Exception Failure(Exception fault)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(fault);
            return fault;
        }

        private async Task<EnumerationBatch> ReadAsync()
        {
            var kind = _started ? GrainCallKind.NextBatch : GrainCallKind.StartEnumeration;
            _started = true;
            try
            {
                var answer = (EnumerationBatch)(await SendAsync(kind, _stop.Token).ConfigureAwait(false))!;
                _ended = answer.Status != EnumerationStatus.Going;
                return answer;
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                _broken = true;
                throw;
            }
        }

        private async Task EndAsync() => await ((Task)SendAsync(GrainCallKind.EndEnumeration, CancellationToken.None)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        private Task<object?> SendAsync(GrainCallKind kind, CancellationToken stop) =>
            stream.Calls.SendAsync(kind, stream.Target, stream.Method, kind == GrainCallKind.StartEnumeration ? stream.Method.Isolate(stream._arguments) : [], _id, _place, stop);
    }

    private GrainCalls Calls => calls;

    private GrainId Target => target;

    private GrainMethod Method => method;
}

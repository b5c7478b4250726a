/// Tells of frames as they come, on a task of its own: no event loop waits for it.
final class LiveView: Sendable {
  private let news: AsyncStream<Recording>.Continuation
  private let task: Task<Void, Never>

  init(_ onFrame: @escaping @Sendable (_ connection: Int, _ entry: Transcript.Entry) -> Void) {
    let (stream, news) = AsyncStream.makeStream(of: Recording.self)
    self.news = news
    task = Task {
      for await recording in stream {
        for entry in recording.unreported() { onFrame(recording.head.connection, entry) }
      }
    }
  }

  /// Says that a recording has something new.
  func notice(_ recording: Recording) { news.yield(recording) }

  /// Waits until everything that was noticed has been told. Nothing may be noticed afterwards.
  func finish() async {
    news.finish()
    await task.value
  }
}

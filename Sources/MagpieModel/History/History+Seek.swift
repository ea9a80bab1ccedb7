public import MagpieTrace

extension History {
  /// The state after `n` events, `n` clamped to `firstAvailable ... count`; where a snapshot was loaded, after it.
  /// - Complexity: O(events since the nearest keyframe before n): some 50 ms at most.
  public func state(at n: Int) -> SchedulerState {
    let n = min(max(n, firstAvailable), count)
    if n == count { return live }
    let index = segmentIndex(containing: n)
    var state = segments[index].keyframe
    var losses = segments[index].losses
    replay(&state, losses: &losses, in: index, to: n)
    return state
  }

  /// The n-th event, counted from 1; nil if it is no longer, or not yet, there.
  /// - Complexity: O(log segments).
  public func event(at n: Int) -> Event? {
    guard n > firstAvailable, n <= count else { return nil }
    let segment = segments[segmentIndex(containing: n - 1)]
    let offset = n - 1 - segment.start
    let chunk = offset / chunkSize
    return chunk < segment.chunks.count ? segment.chunks[chunk][offset % chunkSize] : open[offset % chunkSize]
  }

  /// The last segment that begins at or before `n` events.
  func segmentIndex(containing n: Int) -> Int {
    var low = 0
    var high = segments.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if segments[middle].start <= n { low = middle } else { high = middle }
    }
    return low
  }

  /// Takes a state that is within a segment on to `n` events, losses included.
  func replay(_ state: inout SchedulerState, losses applied: inout Int, in index: Int, to n: Int) {
    let lastLoss = index + 1 < segments.count ? segments[index + 1].losses : lossesDropped + losses.count
    while true {
      var stop = n
      var loss: Loss?
      if applied < lastLoss, applied >= lossesDropped {
        let next = losses[applied - lossesDropped]
        if next.eventNumber <= n {
          stop = next.eventNumber
          loss = next
        }
      }
      forEachEvent(in: index, from: state.eventCount, to: stop) { _, event in state.apply(event) }
      guard let loss else { return }
      state.apply(Self.event(of: loss))
      applied += 1
    }
  }

  /// The events of a segment, with their numbers, after `start` and up to `stop` events.
  @inline(__always)
  func forEachEvent(in index: Int, from start: Int, to stop: Int, _ body: (Int, Event) -> Void) {
    let segment = segments[index]
    var offset = start - segment.start
    let end = stop - segment.start
    while offset < end {
      let chunk = offset / chunkSize
      let events = chunk < segment.chunks.count ? segment.chunks[chunk] : open
      let first = offset % chunkSize
      let last = min(first + end - offset, events.count)
      guard first < last else { return }
      for place in first..<last { body(segment.start + offset + place - first + 1, events[place]) }
      offset += last - first
    }
  }
}

extension History {
  /// How many events had happened at a time: the number of the last one, `firstAvailable` if none that is kept.
  ///
  /// Times of different machines may be out of order by a little; then it is one of those near by.
  /// - Complexity: O(log events · log segments).
  public func number(at time: UInt64) -> Int {
    var low = firstAvailable
    var high = count
    while low < high {
      let middle = (low + high + 1) / 2
      if let event = event(at: middle), event.time <= time { low = middle } else { high = middle - 1 }
    }
    return low
  }
}

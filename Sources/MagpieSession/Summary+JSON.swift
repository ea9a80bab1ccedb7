import MagpieScenarios
import MagpieTrace

extension Summary {
  /// One JSON object on one line. Its keys and their order are an interface: tests and users build on them.
  public var json: String {
    var json = JSONWriter()
    write(to: &json)
    return json.text
  }

  /// The object as a value of another one.
  func write(to json: inout JSONWriter) {
    json.object {
      $0.field("version", 1)
      $0.field("scenario", scenario)
      $0.field("era", era.rawValue)
      $0.field("procs", processorCount)
      $0.field("seed", seed)
      $0.field("complete", isComplete)
      $0.field("wall_ns", wallNanoseconds)
      $0.field("virtual_ns", virtualNanoseconds)
      $0.field("trace_hash", traceHashText)
      $0.key("fibers")
      $0.object {
        $0.field("created", fibers.created)
        $0.field("finished", fibers.finished)
        $0.field("live", fibers.live)
      }
      writeEvents(&$0)
      $0.field("searches", searches)
      $0.key("steals")
      $0.object {
        $0.field("attempts", steals.attempts)
        $0.field("succeeded", steals.succeeded)
        $0.field("fibers", steals.fibers)
      }
      $0.field("handoffs", handoffs)
      $0.field("machines", machines)
      $0.key("queue_wait_ns")
      $0.object {
        $0.field("p50", queueWait.p50)
        $0.field("p99", queueWait.p99)
        $0.field("max", queueWait.max)
      }
      $0.key("kernel")
      $0.object {
        $0.field("processes", kernel.processes)
        $0.field("threads", kernel.threads)
        $0.field("voluntary", kernel.voluntary)
        $0.field("involuntary", kernel.involuntary)
      }
      writeProcessors(&$0)
      writeVerdict(&$0)
    }
  }

  /// 16 hexadecimal digits.
  public var traceHashText: String {
    let digits = String(traceHash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  private func writeEvents(_ json: inout JSONWriter) {
    json.key("events")
    json.object {
      $0.field("total", events.total)
      $0.field("lost", events.lost)
      $0.key("by_kind")
      // Every kind, also those that did not occur, so that a reader may ask for any without care.
      $0.object {
        for kind in EventKind.allCases where !kind.isControl { $0.field(kind.name, events.byKind[kind] ?? 0) }
      }
    }
    json.key("losses")
    json.array(losses) { json, loss in
      json.object {
        $0.field("machine", loss.machine)
        $0.field("from_ns", loss.fromNanoseconds)
        $0.field("to_ns", loss.toNanoseconds)
        $0.field("events", loss.events)
      }
    }
  }

  private func writeProcessors(_ json: inout JSONWriter) {
    json.key("processors")
    json.array(processors) { json, processor in
      json.object {
        $0.field("id", processor.id)
        $0.field("ran", processor.ran)
        $0.field("busy_ns", processor.busyNanoseconds)
        $0.field("stole", processor.stole)
        $0.field("stolen_from", processor.stolenFrom)
      }
    }
  }

  private func writeVerdict(_ json: inout JSONWriter) {
    json.key("audit")
    json.object {
      $0.field("events_checked", audit.eventsChecked)
      $0.field("findings", audit.findings)
      $0.field("first", audit.first?.text)
    }
    json.key("deadlock")
    json.array(deadlock) { json, waiter in
      json.object {
        $0.field("fiber", waiter.fiber)
        $0.field("name", waiter.name)
        $0.field("waits_on", waiter.waitsOn)
        $0.key("waits_for")
        $0.array(waiter.waitsFor) { json, fiber in json.value(fiber) }
      }
    }
    json.key("result")
    json.object {
      $0.field("ok", result.ok)
      for field in result.fields { $0.field(field.key, field.value) }
    }
    json.key("lock")
    json.object {
      $0.field("takings", lock.takings)
      $0.field("contended", lock.contended)
      $0.field("wait_ns", lock.waitedNanoseconds)
      $0.field("longest_ns", lock.longestNanoseconds)
    }
  }
}

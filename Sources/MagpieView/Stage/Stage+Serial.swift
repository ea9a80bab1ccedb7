import MagpieModel

extension Stage {
  /// One task at a time, to its end: the task that has the thread, and the line of those that wait for it in order of arrival. What
  /// waits or blocks keeps the thread, and all stand still.
  func drawSerial(_ canvas: inout Canvas, _ area: Area, _ motion: Motion) {
    let layout = OneThreadLayout(area, hasRest: false)
    drawThread(&canvas, layout.card)
    drawLine(&canvas, layout.queue, title: .era(.lineOfTasks))
    drawOneThreadFlights(&canvas, layout, motion)
    if let fiber = holderOfThread, let does = standStill(fiber) {
      drawStop(&canvas, layout.band, fiber.id, does, others: state.liveFiberCount - 1)
    }
  }
}

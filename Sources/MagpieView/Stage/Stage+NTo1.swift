import MagpieModel

extension Stage {
  /// N:1: many fibers on one thread. A fiber that waits leaves it to the next one; a blocking call stops all.
  func drawNTo1(_ canvas: inout Canvas, _ area: Area, _ motion: Motion) {
    let layout = OneThreadLayout(area, hasRest: true)
    drawThread(&canvas, layout.card)
    drawLine(&canvas, layout.queue, title: .era(.runQueue))
    drawOneThreadFlights(&canvas, layout, motion)
    if let fiber = holderOfThread, case .blocked = fiber.place, let does = standStill(fiber) {
      drawStop(&canvas, layout.band, fiber.id, does, others: state.liveFiberCount - 1)
    }
    if layout.rest.height >= 4 {
      let boxes = EraLayout.columns(layout.rest, [1, 1])
      drawTimers(&canvas, boxes[0])
      drawObjects(&canvas, boxes[1])
    } else if layout.rest.height > 0 {
      drawWaitLine(&canvas, x: area.x + 1, y: layout.rest.y, right: area.right, hasCalls: false)
    }
  }
}

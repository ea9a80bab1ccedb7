import MagpieModel

extension Stage {
  /// 1:1: a kernel thread a task, all in the memory of one process. The kernel schedules them; what it said of each last stands beside
  /// it.
  func drawThreads(_ canvas: inout Canvas, _ area: Area) {
    let tasks = state.liveFibers.sorted { $0.id < $1.id }
    guard area.height >= 8 else { return drawCrowd(&canvas, area, tasks) }
    canvas.frame(area, title: say(.era(.oneProcess)), Style(.title, bold: true))
    drawCrowd(&canvas, Area(x: area.x + 2, y: area.y + 1, width: area.width - 4, height: area.height - 2), tasks)
  }
}

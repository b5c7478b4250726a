import Foundation
import SyRPCWire
import Testing
import WireTap

@testable import InteropJudge
@testable import InteropModel
@testable import InteropReport
@testable import InteropSupport

/// The page, as it is written.
@Suite struct HTMLReportTests {
  @Test func whatPeersSayIsText() throws {
    let page = try HTMLReport(try Sample.hostileReport(), beside: nil).text()
    #expect(
      page.ranges(of: "<script").count == 2 && page.ranges(of: "</script>").count == 2, "its data and its program")
    #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
    #expect(page.contains("\\u003cscript>alert(1)\\u003c/script>"))
    for scalar in page.unicodeScalars where scalar != "\n" {
      #expect(scalar.value >= 0x20 && scalar.value != 0x202E && scalar.value != 0x2028, "U+\(scalar.value)")
    }
  }

  @Test func theSameRunMakesTheSamePage() throws {
    let report = try Sample.mixed()
    #expect(try HTMLReport(report, beside: nil).text() == HTMLReport(report, beside: nil).text())
  }

  @Test func itLoadsNothing() throws {
    let page = try HTMLReport(try Sample.mixed(), beside: nil).text()
    #expect(page.contains("default-src 'none'"))
    for part in ["src=\"http", "href=\"http", "url(", "@import", "fetch("] { #expect(!page.contains(part), "\(part)") }
  }
}

private let chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].first(
  where: Files.exists)

/// axe-core, which finds what keeps people from using a page.
private let axe: String? = {
  let library = checkoutFolder / "build/test-tools/lib"
  let names = (try? Files.list(library)) ?? []
  return names.map { library / $0 / "site-packages/axe_core_python/axe.min.js" }.first(where: Files.exists)
}()

/// The page in a browser.
@Suite(.serialized, .timeLimit(.minutes(10)), .enabled(if: chromium != nil, "needs chromium")) struct HTMLPageTests {
  /// What the browser makes of a page at an address within it, and what its console has.
  private func browse(_ page: String, at address: String = "") async throws -> (document: String, console: [String]) {
    try await withTemporaryFolder { folder in
      try Files.write(Array(page.utf8), to: folder / "report.html")
      let browser = shellQuoted(chromium ?? "chromium")
      let result = try await script(
        """
        \(browser) --headless --no-sandbox --disable-gpu --no-first-run --user-data-dir='\(folder)/profile' \
          --enable-logging=stderr --virtual-time-budget=20000 --dump-dom \
          \(shellQuoted("file://\(folder)/report.html\(address)")) > '\(folder)/document' 2> '\(folder)/errors'
        """, ["HOME": folder])
      #expect(result.ending == .exited(0), "\(result.text)")
      let errors = String(decoding: try Files.read(folder / "errors"), as: UTF8.self)
      return (
        String(decoding: try Files.read(folder / "document"), as: UTF8.self),
        errors.split(separator: "\n").map(String.init).filter { $0.contains(":CONSOLE") }
      )
    }
  }

  @Test func itOpensWithTheMatrixAndTheCells() async throws {
    let (document, console) = try await browse(try HTMLReport(try Sample.mixed(), beside: nil).text())
    #expect(console == [])
    #expect(document.contains("aria-label=\"a, b, c: 1 failed, 1 known\""))
    #expect(document.contains("8 of 8 cells, 4 not as expected"))
    #expect(document.ranges(of: "aria-expanded=\"false\"").count == 8)
  }

  @Test func theAddressFilters() async throws {
    let page = try HTMLReport(try Sample.mixed(), beside: nil).text()
    #expect(try await browse(page, at: "#peer=a").document.contains("2 of 8 cells, 1 not as expected"))
    #expect(try await browse(page, at: "#verdict=unexpected&check=hash.routing-key").document.contains("1 of 8 cells"))
    #expect(try await browse(page, at: "#payload=noted").document.contains("1 of 8 cells"))
  }

  @Test func aCellOpensWithWhatWasFound() async throws {
    let page = try HTMLReport(try Sample.mixed(), beside: nil).text()
    let (document, console) = try await browse(page, at: "#cell=swift-b-swift/echo/fails")
    #expect(console == [])
    for part in [
      "aria-expanded=\"true\"", "fail: hash.routing-key, b as server (required)", "<mark>17</mark>", "<mark>y</mark>",
      "--payload fails", "No frames and logs were kept",
    ] {
      #expect(document.contains(part), "\(part)")
    }
  }

  @Test func whatWasKeptIsDrawn() async throws {
    try await withTemporaryFolder { folder in
      var result = Sample.cell(Sample.finding("hash.routing-key", .required, .server, "b", .fail))
      result.folder = "cells/a"
      let recorded = try Files.read(checkoutFolder / "fixtures/transcripts/python-default-server-0.jsonl")
      try Files.write(recorded, to: folder / "cells/a/server-0.jsonl")
      try Files.write(Array("a log\n<b>\u{1B}[2J".utf8), to: folder / "cells/a/server.log")
      let page = try HTMLReport(Sample.report([result]), beside: folder).text()
      let (document, console) = try await browse(page, at: "#cell=a-b-c/echo/hello")
      #expect(console == [])
      #expect(document.contains("<svg") && document.contains("basic.publish"))
      #expect(document.contains("frames, decoded and in hexadecimal"))
    }
  }

  @Test(.enabled(if: axe != nil, "needs build/test-tools, which Tests/Tools/setup installs"))
  func nothingSeriousKeepsPeopleFromUsingIt() async throws {
    let page = try HTMLReport(try Sample.mixed(), beside: nil).text()
    let nonce = try #require(page.firstMatch(of: #/script nonce="([^"]+)"/#)).1
    let library = String(decoding: try Files.read(try #require(axe)), as: UTF8.self)
    let run = """
      axe.run().then((found) => { document.title = 'axe: ' + found.passes.length + ' passed; ' + found.violations
        .filter((one) => ['serious', 'critical'].includes(one.impact)).map((one) => one.id).join(', '); })
      """
    let scripts = [library.replacing("</script", with: "<\\/script"), run].map {
      "<script nonce=\"\(nonce)\">\($0)</script>"
    }
    let audited = page.replacing("</body>", with: scripts.joined() + "</body>")
    let (document, _) = try await browse(audited, at: "#cell=swift-b-swift/echo/fails")
    let title = try #require(document.firstMatch(of: #/<title>([^<]*)</title>/#)).1
    #expect(title.wholeMatch(of: #/axe: [0-9]{2} passed; /#) != nil, "\(title)")
  }

  @Test func whatIsHostileIsText() async throws {
    let (document, console) = try await browse(try HTMLReport(try Sample.hostileReport(), beside: nil).text())
    #expect(console == [] && !document.contains("<script>alert"))
  }

  @Test func whatIsLongIsText() async throws {
    let long = String(repeating: "<script>", count: 1 << 17)
    let report = Sample.report([Sample.cell(Sample.finding("hash.routing-key", .required, .server, "b", .fail, long))])
    let (document, console) = try await browse(try HTMLReport(report, beside: nil).text())
    #expect(console == [] && document.contains("1 of 1 cells, 1 not as expected"))
  }
}

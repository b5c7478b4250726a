import Foundation
import InteropSupport
import Testing

/// What `interop/install` puts in place, and removes; a script plays the toolchain.
@Suite(.timeLimit(.minutes(10))) struct InstallTests {
  /// A checkout in which nothing is built.
  private struct Sandbox {
    let folder: String
    var prefix: String { folder / "place/prefix" }

    init(in folder: String) throws {
      self.folder = folder
      try write(
        "bin/swift",
        """
        echo "$*" >> '\(folder)/calls'
        case $* in
          *--show-bin-path*) echo '\(folder)/built' ;;
          *generate-manual*) ;;
          build*) [ ! -e '\(folder)/broken' ] || { echo 'error: no such module' >&2; exit 1; } ;;
        esac
        """)
      try write(
        "built/syrpc", "[ \"$1\" = --generate-completion-script ] && echo \"completions for $2\"")
      try write(
        "built/generate-manual",
        """
        while [ "$1" != --output-directory ]; do shift; done
        for page in syrpc \(folder)/pages/*; do echo manual > "$2/${page##*/}.1"; done
        """)
      try Files.createFolder(folder / "pages")
      try write("pages/syrpc.tap", "")
    }

    func write(_ name: String, _ script: String) throws {
      try Files.write(Array("#!/bin/sh\n\(script)\n".utf8), to: folder / name)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder / name)
    }

    /// Runs `interop/install` of a checkout.
    func install(
      _ words: [String] = [], checkout: String? = nil, _ environment: [String: String] = [:]
    ) async throws -> SetupSandbox.Outcome {
      try await runScript(
        (checkout ?? folder / "checkout") / "interop/install", ["--prefix", prefix] + words,
        environment: [
          "PATH": "\(folder)/bin:/usr/bin:/bin", "HOME": folder, "SYRPC_SETUP": "none",
          "SYRPC_PEER_CACHE": folder / "cache",
        ].merging(environment) { $1 })
    }

    /// All files and folders below the prefix, but for those in `share/syrpc`.
    func installed() -> Set<String> {
      Set(FileManager.default.subpaths(atPath: prefix) ?? []).filter { !$0.hasPrefix("share/syrpc/") }
    }
  }

  private func withSandbox(_ body: (Sandbox) async throws -> Void) async throws {
    try await withTemporaryFolder { folder in
      let sandbox = try Sandbox(in: folder)
      for name in ["README.rst", "CHANGELOG.rst", "LICENSE", "fixtures/payloads/index.json", "interop/README.rst"] {
        try Files.write([], to: folder / "checkout" / name)
      }
      for name in [
        "interop/lib/packages.sh", "interop/ci/merge", "interop/peers/python/__pycache__/x.pyc",
        "interop/peers/python/adapter.py",
      ] {
        try Files.write([], to: folder / "checkout" / name)
      }
      try sandbox.write("checkout/interop/setup", ":")
      for name in ["interop/install", "interop/lib/release.sh"] {
        try FileManager.default.copyItem(atPath: checkoutFolder / name, toPath: folder / "checkout" / name)
      }
      try await body(sandbox)
    }
  }

  private static let files: Set = [
    "bin/syrpc", "share/man/man1/syrpc.1", "share/man/man1/syrpc.tap.1", "share/bash-completion/completions/syrpc",
    "share/zsh/site-functions/_syrpc", "share/fish/vendor_completions.d/syrpc.fish",
  ]

  @Test func itPutsAllInPlaceAndRemovesAllOfIt() async throws {
    try await withSandbox { sandbox in
      // The tool makes pages of what `syrpc --help` hides, too.
      for hidden in ["defective-peer", "bench-side", "bench-operation", "help"] {
        try sandbox.write("pages/syrpc.\(hidden)", "")
      }
      let outcome = try await sandbox.install()
      #expect(outcome.status == 0, "\(outcome.said)")
      let installed = sandbox.installed()
      #expect(installed.isSuperset(of: Self.files), "\(installed)")
      #expect(installed.filter { !Files.isFolder(sandbox.prefix / $0) } == Self.files)
      for (shell, path) in [("zsh", "zsh/site-functions/_syrpc"), ("fish", "fish/vendor_completions.d/syrpc.fish")] {
        let text = String(decoding: try Files.read(sandbox.prefix / "share" / path), as: UTF8.self)
        #expect(text == "completions for \(shell)\n")
      }
      let share = sandbox.prefix / "share/syrpc"
      #expect(Files.exists(share / "fixtures/payloads/index.json"))
      #expect(try Files.list(share / "interop/peers/python") == ["adapter.py"], "caches of the interpreter stay")
      #expect(Files.exists(share / "interop/setup"))

      let removed = try await sandbox.install(["--uninstall"])
      #expect(removed.status == 0, "\(removed.said)")
      #expect(!Files.exists(sandbox.prefix))
    }
  }

  @Test func theBuildIsOptimizedAndNeedsNoToolchain() async throws {
    try await withSandbox { sandbox in
      _ = try await sandbox.install()
      let calls = String(decoding: try Files.read(sandbox.folder / "calls"), as: UTF8.self)
      let build = try #require(calls.split(separator: "\n").first)
      #expect(build.contains("--configuration release --product syrpc"))
      #if os(Linux)
        #expect(build.contains("--static-swift-stdlib"))
      #endif
    }
  }

  @Test func installedAgainNothingOldIsLeft() async throws {
    try await withSandbox { sandbox in
      _ = try await sandbox.install()
      try Files.write([], to: sandbox.prefix / "share/syrpc/old")
      try Files.remove(sandbox.folder / "pages/syrpc.tap")
      try sandbox.write("pages/syrpc.call", "")
      let outcome = try await sandbox.install()
      #expect(outcome.status == 0, "\(outcome.said)")
      let files = sandbox.installed()
      #expect(files.contains("share/man/man1/syrpc.call.1"))
      #expect(!files.contains("share/man/man1/syrpc.tap.1"))
      #expect(!Files.exists(sandbox.prefix / "share/syrpc/old"))
      #expect(try await sandbox.install(["--uninstall"]).status == 0)
      #expect(!Files.exists(sandbox.prefix))
    }
  }

  @Test func whatWasInstalledStaysWhereTheBuildFails() async throws {
    try await withSandbox { sandbox in
      _ = try await sandbox.install()
      let before = sandbox.installed()
      try Files.write([], to: sandbox.folder / "broken")
      let outcome = try await sandbox.install()
      #expect(outcome.status == 2)
      #expect(outcome.said.contains("error: no such module"), "\(outcome.said)")
      #expect(sandbox.installed() == before)
    }
  }

  @Test func whatIsOfOthersIsLeftAlone() async throws {
    try await withSandbox { sandbox in
      try Files.write(Array("mine".utf8), to: sandbox.prefix / "bin/syrpc")
      let outcome = try await sandbox.install()
      #expect(outcome.status == 2)
      #expect(outcome.said.contains("bin/syrpc is there, and was not put there by interop/install"), "\(outcome.said)")
      #expect(try Files.read(sandbox.prefix / "bin/syrpc") == Array("mine".utf8))
      #expect(sandbox.installed() == ["bin", "bin/syrpc"])

      try Files.remove(sandbox.prefix / "bin/syrpc")
      try Files.createFolder(sandbox.prefix / "share/man/man1")
      #expect(try await sandbox.install().status == 0)
      #expect(try await sandbox.install(["--uninstall"]).status == 0)
      #expect(sandbox.installed() == ["bin", "share", "share/man", "share/man/man1"])
    }
  }

  @Test func nothingIsRemovedWhereNothingIsInstalled() async throws {
    try await withSandbox { sandbox in
      try Files.write([], to: sandbox.prefix / "bin/syrpc")
      let outcome = try await sandbox.install(["--uninstall"])
      #expect(outcome.status == 2)
      #expect(outcome.said.contains("nothing is installed in \(sandbox.prefix)"), "\(outcome.said)")
      #expect(Files.exists(sandbox.prefix / "bin/syrpc"))
    }
  }

  @Test func packagesAreMadeInAFolderOfTheirOwn() async throws {
    try await withSandbox { sandbox in
      let staged = sandbox.folder / "staged"
      let outcome = try await sandbox.install([], ["DESTDIR": staged])
      #expect(outcome.status == 0, "\(outcome.said)")
      #expect(Files.exists(staged + sandbox.prefix / "bin/syrpc"))
      #expect(!Files.exists(sandbox.prefix))
    }
  }

  @Test(.enabled(if: Program.path != nil, "needs syrpc")) func theProgramFindsWhatIsInstalledWithIt() async throws {
    try await withTemporaryFolder { folder in
      let sandbox = try Sandbox(in: folder)
      let program = try #require(Program.path)
      let outcome = try await sandbox.install(["--program", program], checkout: checkoutFolder)
      #expect(outcome.status == 0, "\(outcome.said)")
      let result = try await script(
        """
        cd '\(folder)'
        ln -s '\(sandbox.prefix)/bin/syrpc' linked
        ./linked fixtures verify && ./linked interop --list --peer swift --payload hello --scenario echo
        ./linked setup --help | head -n 1
        ./linked doctor | sed -n 2p
        ./linked fixtures rebuild
        """, ["XDG_CACHE_HOME": folder / "cache"])
      let share = sandbox.prefix / "share/syrpc"
      #expect(result.lines.contains { $0.hasPrefix("1 cell") }, "\(result.text)")
      #expect(result.lines.contains { $0.hasPrefix("usage: interop/setup") }, "\(result.text)")
      #expect(result.lines.contains("installed with: \(share)"), "\(result.text)")
      #expect(result.text.contains("\(share) is installed, and its fixtures stay as they are"), "\(result.text)")
      #expect(result.ending == .exited(2))
    }
  }
}

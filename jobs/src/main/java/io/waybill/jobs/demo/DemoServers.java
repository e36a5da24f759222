package io.waybill.jobs.demo;

import io.waybill.jobs.sandbox.BreakOnce;
import io.waybill.jobs.sandbox.SampleFile;
import io.waybill.jobs.sandbox.SampleFiles;
import io.waybill.jobs.sandbox.Sandbox;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The other side of the demo: the sandbox with the partner's files in it, and a chunk server behind
 * a proxy that breaks one connection.
 *
 * @param sandbox every server
 * @param flaky stands before the chunk server
 * @param files what the partner offers
 */
record DemoServers(Sandbox sandbox, BreakOnce flaky, List<SampleFile> files)
    implements AutoCloseable {
  private static final long SEED = 20261120;
  private static final long BREAK_AFTER_BYTES = 10 << 20;

  static DemoServers start(Path directory) throws IOException {
    List<SampleFile> files = SampleFiles.write(directory.resolve("partner/out"), SEED);
    Sandbox sandbox = Sandbox.start(directory.resolve("partner"), directory.resolve("hub"));
    try {
      return new DemoServers(
          sandbox, BreakOnce.inFrontOf(sandbox.chunkPort(), BREAK_AFTER_BYTES), files);
    } catch (IOException | RuntimeException e) {
      sandbox.close();
      throw e;
    }
  }

  @Override
  public void close() {
    flaky.close();
    sandbox.close();
  }
}

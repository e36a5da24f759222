package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import io.waybill.transfer.WireTap;
import io.waybill.transfer.trace.PcapngFile;
import io.waybill.transfer.trace.Taps;
import io.waybill.transfer.trace.TraceLog;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The traces that a line asks for, until the verb ends. */
final class Tracing implements AutoCloseable {
  private final WireTap tap;
  private final @Nullable PcapngFile file;

  private Tracing(WireTap tap, @Nullable PcapngFile file) {
    this.tap = tap;
    this.file = file;
  }

  /**
   * Starts what is asked for; with nothing asked, it costs nothing.
   *
   * @throws JobException.Configuration if the trace file cannot be made
   */
  static Tracing start(GlobalOptions options, PrintStream err) {
    List<WireTap> taps = new ArrayList<>();
    if (options.isTraced()) {
      taps.add(new TraceLog(err, InstantSource.system(), ZoneId.systemDefault()));
    }
    PcapngFile file = options.traceFile().map(path -> create(path, err)).orElse(null);
    if (file != null) {
      taps.add(file);
    }
    return new Tracing(Taps.of(taps), file);
  }

  private static PcapngFile create(Path path, PrintStream err) {
    try {
      return PcapngFile.create(
          path,
          InstantSource.system(),
          PcapngFile.DEFAULT_LIMIT,
          why -> err.println("waybill: " + why));
    } catch (FileAlreadyExistsException e) {
      throw new JobException.Configuration(
          "the trace file " + path + " is there already; name another, or delete it", e);
    } catch (IOException e) {
      throw new JobException.Configuration(
          "the trace file " + path + " cannot be made: " + reason(path, e), e);
    }
  }

  // the message of these exceptions is nothing but the path
  private static String reason(Path path, IOException failure) {
    if (failure instanceof NoSuchFileException) {
      return "the directory "
          + path.toAbsolutePath().getParent()
          + " does not exist; make it, or name another file";
    }
    return failure instanceof AccessDeniedException
        ? "this user may not write there; name another file"
        : failure.getMessage() + "; name another file";
  }

  WireTap tap() {
    return tap;
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
    }
  }
}

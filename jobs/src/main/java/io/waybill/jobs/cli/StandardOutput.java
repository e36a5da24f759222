package io.waybill.jobs.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Standard output that knows at its end why something could not be written: a {@link PrintStream}
 * tells only whether, and {@code waybill ... > file} on a full disk must not pass for a success.
 */
final class StandardOutput extends PrintStream {
  private final Keeping target;

  private StandardOutput(Keeping target, Charset charset) {
    super(target, true, charset);
    this.target = target;
  }

  /** Returns one that writes there, as {@code System.out} does. */
  static StandardOutput to(OutputStream target, Charset charset) {
    return new StandardOutput(new Keeping(target), charset);
  }

  /** Returns that of this process. */
  static StandardOutput ofProcess() {
    return to(
        new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 8192),
        charsetOfProcess());
  }

  // Java 17 calls it by the second name, later ones by the first, and both may leave it out
  private static Charset charsetOfProcess() {
    String name = System.getProperty("stdout.encoding", System.getProperty("sun.stdout.encoding"));
    return name != null && Charset.isSupported(name)
        ? Charset.forName(name)
        : Charset.defaultCharset();
  }

  /**
   * Ends what was written to standard output.
   *
   * @param code what the process would end with
   * @return the same, or another one if what was written is lost; not if nobody reads it any more,
   *     as after {@code | head -1}
   */
  static int end(PrintStream out, PrintStream err, int code) {
    if (!out.checkError()) {
      return code;
    }
    IOException failure = out instanceof StandardOutput known ? known.target.failure : null;
    if (failure != null && isClosedPipe(failure)) {
      return code;
    }
    err.println(
        "waybill: standard output: "
            + (failure == null ? "it could not be written" : failure.getMessage()));
    return code == ExitCode.OK.number() ? ExitCode.OTHER.number() : code;
  }

  private static boolean isClosedPipe(IOException failure) {
    return String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT).contains("pipe");
  }

  /** Keeps the first failure, after which nothing more is written. */
  private static final class Keeping extends FilterOutputStream {
    private volatile @Nullable IOException failure;

    Keeping(OutputStream target) {
      super(target);
    }

    // No lambdas: the first one of a process costs more than all that --version does.

    @Override
    public synchronized void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
      requireWhole();
      try {
        out.write(bytes, offset, length);
      } catch (IOException e) {
        failure = e;
        throw e;
      }
    }

    @Override
    public synchronized void flush() throws IOException {
      requireWhole();
      try {
        out.flush();
      } catch (IOException e) {
        failure = e;
        throw e;
      }
    }

    private void requireWhole() throws IOException {
      IOException earlier = failure;
      if (earlier != null) {
        throw earlier;
      }
    }
  }
}

package io.waybill.jobs.step;

import io.waybill.jobs.JobException;
import io.waybill.jobs.StepCall;
import io.waybill.scheduler.FailureClass;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * A file that is there whole or not at all: it is written beside its place, forced to the disk and
 * renamed.
 */
final class WholeFile implements AutoCloseable {
  private final Path target;
  private final Path part;
  private final FileOutputStream out;

  private WholeFile(Path target, Path part, FileOutputStream out) {
    this.target = target;
    this.part = part;
    this.out = out;
  }

  /**
   * Begins to write what is made of a file.
   *
   * @throws JobException.Configuration if it would be that file itself
   * @throws JobException.Unsuccessful if that cannot be
   */
  static WholeFile create(Path target, Path source) {
    try {
      if (Files.exists(target) && Files.exists(source) && Files.isSameFile(target, source)) {
        throw new JobException.Configuration(
            "%s would be written over itself; name another file for \"to\"".formatted(source));
      }
    } catch (IOException e) {
      throw failed(target, e);
    }
    return create(target);
  }

  /**
   * Begins to write.
   *
   * @throws JobException.Unsuccessful if that cannot be
   */
  static WholeFile create(Path target) {
    byte[] random = new byte[8];
    new SecureRandom().nextBytes(random);
    Path part =
        target.resolveSibling(
            "." + target.getFileName() + "." + HexFormat.of().formatHex(random) + ".wbpart");
    try {
      Path directory = target.toAbsolutePath().getParent();
      if (directory != null) {
        Files.createDirectories(directory);
      }
      if (Files.isDirectory(target)) {
        throw new JobException.Configuration(target + " is a directory; name a file in it");
      }
      return new WholeFile(target, part, new FileOutputStream(part.toFile()));
    } catch (IOException e) {
      throw failed(target, e);
    }
  }

  /** Returns where its bytes go. */
  OutputStream out() {
    return out;
  }

  /**
   * Returns the same for a step: progress is told, a cancel ends it, and what the disk does not
   * take is an exception that says so.
   */
  OutputStream out(StepCall call) {
    return new OutputStream() {
      private long count;

      @Override
      public void write(int single) {
        write(new byte[] {(byte) single}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) {
        if (call.cancel().cause().isPresent()) {
          throw new JobException.Cancelled("cancelled while " + target + " was written");
        }
        try {
          out.write(bytes, offset, length);
        } catch (IOException e) {
          throw failed(target, e);
        }
        count += length;
        call.progress().moved(String.valueOf(target.getFileName()), count, -1);
      }
    };
  }

  /**
   * Returns how long it is, once it has its name.
   *
   * @throws JobException.Unsuccessful if nobody can tell
   */
  long size() {
    try {
      return Files.size(target);
    } catch (IOException e) {
      throw failed(target, e);
    }
  }

  /**
   * Gives it its name.
   *
   * @throws JobException.Unsuccessful if the disk does not take it
   */
  void publish() {
    try {
      out.getFD().sync();
      out.close();
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw failed(target, e);
    }
  }

  /** Says that a file could not be written, as a full disk may be emptied later. */
  static JobException failed(Path target, IOException e) {
    return new JobException.Unsuccessful(
        FailureClass.TRANSIENT, "%s cannot be written: %s".formatted(target, e), e);
  }

  /** Deletes what has no name yet. */
  @Override
  public void close() {
    try {
      out.close();
      Files.deleteIfExists(part);
    } catch (IOException e) {
      throw failed(part, e);
    }
  }
}

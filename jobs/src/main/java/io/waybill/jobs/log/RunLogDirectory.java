package io.waybill.jobs.log;

import io.waybill.scheduler.Ulid;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The directory of the runs' logs, {@code YYYY-MM-DD/RUN.log}: the day, of UTC, is in the run's id,
 * so that nothing but the id is needed to find one.
 */
public final class RunLogDirectory {
  private static final String SUFFIX = ".log";

  private final Path path;

  private RunLogDirectory(Path path) {
    this.path = path;
  }

  /** Takes a directory; nothing is created. */
  public static RunLogDirectory at(Path path) {
    return new RunLogDirectory(path);
  }

  /**
   * Returns where the log of a run is, or would be.
   *
   * @throws IllegalArgumentException if the id is no ULID; nothing else becomes a part of a path
   */
  public Path file(String runId) {
    return day(runId).resolve(runId.toUpperCase(Locale.ROOT) + SUFFIX);
  }

  private Path day(String runId) {
    return path.resolve(Ulid.instant(runId).atZone(ZoneOffset.UTC).toLocalDate().toString());
  }

  /**
   * Reads a piece of a run's log.
   *
   * @param from where to begin, in bytes
   * @param most how many bytes at most, at least 1
   * @return empty if there is no file
   */
  public Optional<LogPart> read(String runId, long from, int most) throws IOException {
    try (FileChannel channel = FileChannel.open(file(runId), StandardOpenOption.READ)) {
      byte[] bytes = bytes(channel, from, most);
      int length = Lines.wholeLength(bytes);
      String text = new String(bytes, 0, length, StandardCharsets.UTF_8);
      return Optional.of(new LogPart(text, from, from + length));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /**
   * Reads the end of a run's log.
   *
   * @param most how many bytes at most, at least 1
   * @return empty if there is no file
   */
  public Optional<LogEnd> end(String runId, int most) throws IOException {
    try (FileChannel channel = FileChannel.open(file(runId), StandardOpenOption.READ)) {
      long size = channel.size();
      byte[] bytes = bytes(channel, Math.max(0, size - most), most);
      boolean isCut = size > bytes.length;
      return Optional.of(new LogEnd(isCut ? Lines.withoutBroken(bytes) : bytes, isCut));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private static byte[] bytes(FileChannel channel, long from, int most) throws IOException {
    ByteBuffer buffer =
        ByteBuffer.allocate((int) Math.max(0, Math.min(most, channel.size() - from)));
    int read = 0;
    while (buffer.hasRemaining() && read >= 0) {
      read = channel.read(buffer, from + buffer.position());
    }
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  /** Deletes the logs of runs, and the directory of a day of which nothing is left. */
  public void delete(Collection<String> runIds) throws IOException {
    for (String id : runIds) {
      if (Files.deleteIfExists(file(id))) {
        deleteIfEmpty(day(id));
      }
    }
  }

  /**
   * Deletes logs of days that are over, of runs that nobody knows.
   *
   * @param before the day is over before this moment
   * @param known returns those of some ids of which there is a run
   * @return how many
   */
  public int deleteUnknown(Instant before, Function<Collection<String>, Set<String>> known)
      throws IOException {
    LocalDate first = before.atZone(ZoneOffset.UTC).toLocalDate();
    int deleted = 0;
    for (Path day : list(path)) {
      if (isBefore(day, first)) {
        Map<String, Path> logs = logs(day);
        logs.keySet().removeAll(known.apply(List.copyOf(logs.keySet())));
        for (Path log : logs.values()) {
          deleted += Files.deleteIfExists(log) ? 1 : 0;
        }
        deleteIfEmpty(day);
      }
    }
    return deleted;
  }

  private static boolean isBefore(Path day, LocalDate first) {
    try {
      return LocalDate.parse(String.valueOf(day.getFileName())).isBefore(first);
    } catch (DateTimeParseException e) {
      return false; // not ours
    }
  }

  private static Map<String, Path> logs(Path day) throws IOException {
    Map<String, Path> logs = new HashMap<>();
    for (Path file : list(day)) {
      String name = String.valueOf(file.getFileName());
      if (name.endsWith(SUFFIX)) {
        String id = name.substring(0, name.length() - SUFFIX.length());
        if (Ulid.isValid(id)) {
          logs.put(id, file);
        }
      }
    }
    return logs;
  }

  private static List<Path> list(Path directory) throws IOException {
    List<Path> inside = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      stream.forEach(inside::add);
    } catch (NoSuchFileException e) {
      return List.of();
    }
    return inside;
  }

  private static void deleteIfEmpty(Path day) throws IOException {
    try {
      Files.deleteIfExists(day);
    } catch (DirectoryNotEmptyException e) {
      return; // others of that day stay
    }
  }
}

package io.waybill.jobs.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Looks at job files, again and again, for what has changed. Links are followed anew each time, so
 * that a directory of files behind a link that was turned is another one. A file whose size, times
 * and place are as before is not read again. Used by one thread.
 */
public final class JobFileWatch {
  private static final String ABSENT = "absent";
  // a file that was written so lately may have been written again within one tick of its clock
  private static final Duration FRESH = Duration.ofSeconds(3);

  private final List<Path> given;
  private final InstantSource clock;
  private final Map<Path, Seen> seen = new HashMap<>();

  /**
   * Prepares.
   *
   * @param given files and directories, as the loader takes them
   */
  public JobFileWatch(List<Path> given, InstantSource clock) {
    this.given = List.copyOf(given);
    this.clock = clock;
  }

  /**
   * What files hold at one moment.
   *
   * @param digests by the file's name: {@code sha-256:...}, or why it cannot be read
   */
  public record Look(SortedMap<String, String> digests) {
    public Look {
      digests = new TreeMap<>(digests);
    }
  }

  /** Returns the files that were given and can be read only once, such as pipes. */
  public List<Path> pipes() {
    return given.stream()
        .filter(
            file -> Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file))
        .toList();
  }

  /** What a file was like when it was read last. */
  private record Seen(Stat stat, String digest, boolean isFresh) {}

  /** What tells that a file was changed, without reading it. */
  private record Stat(
      Path real, @Nullable Object key, long size, Instant modified, Object changed) {}

  /**
   * Looks once.
   *
   * @param named files that job files name, which count as they do
   */
  public Look look(Collection<Path> named) {
    SortedMap<String, String> digests = new TreeMap<>();
    Problems problems = new Problems();
    for (Path file : new JobFileDirectory(problems).files(given)) {
      digests.put(file.toString(), digest(file));
    }
    named.forEach(file -> digests.put(file.toString(), digest(file)));
    Set<String> names = digests.keySet();
    seen.keySet().removeIf(file -> !names.contains(file.toString()));
    return new Look(digests);
  }

  private String digest(Path file) {
    try {
      Stat stat = stat(file);
      Seen before = seen.get(file);
      if (before != null && !before.isFresh() && before.stat().equals(stat)) {
        return before.digest();
      }
      String digest = read(file);
      boolean isFresh =
          Duration.between(stat.modified(), clock.instant()).abs().compareTo(FRESH) < 0;
      seen.put(file, new Seen(stat, digest, isFresh));
      return digest;
    } catch (NoSuchFileException e) {
      return ABSENT;
    } catch (IOException e) {
      return "unreadable: " + e;
    }
  }

  private static Stat stat(Path file) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    boolean isUnix = file.getFileSystem().supportedFileAttributeViews().contains("unix");
    return new Stat(
        file.toRealPath(),
        attributes.fileKey(),
        attributes.size(),
        attributes.lastModifiedTime().toInstant(),
        isUnix ? Objects.requireNonNull(Files.getAttribute(file, "unix:ctime")) : "");
  }

  private static String read(Path file) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
    try (InputStream in = RegularFile.open(file)) {
      // one that is longer is refused, whatever it holds
      digest.update(in.readNBytes(SourceReader.MOST_BYTES + 1));
    }
    return "sha-256:" + HexFormat.of().formatHex(digest.digest());
  }

  @Override
  public String toString() {
    return given.stream().map(Path::toString).collect(Collectors.joining(", "));
  }
}

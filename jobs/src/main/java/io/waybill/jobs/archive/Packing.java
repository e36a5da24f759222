package io.waybill.jobs.archive;

import io.waybill.transfer.Digest;
import io.waybill.transfer.file.DirectoryHandle;
import io.waybill.transfer.file.SafePath;
import io.waybill.transfer.file.SourceFile;
import io.waybill.transfer.file.UnsafePathException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Writes an archive: into a hidden part file beside its place, which is forced to the disk, read
 * back and compared with what went in, and only then renamed.
 */
public final class Packing {
  private static final int BUFFER_BYTES = 1 << 16;

  private final Path target;
  private final ArchiveFormat format;
  private final PartClaim claim;
  private final Consumer<String> working;
  private final byte[] buffer = new byte[BUFFER_BYTES];

  /**
   * What came of it.
   *
   * @param sizeBytes of the archive
   * @param digest of it, SHA-256
   * @param contentBytes of the files in it together
   */
  public record Packed(long sizeBytes, Digest digest, long contentBytes) {
    public Packed {
      Objects.requireNonNull(digest, "digest");
    }
  }

  /** What one file had when it went in. */
  private record Put(long sizeBytes, Digest digest) {}

  /**
   * Prepares.
   *
   * @param target the archive; its directory must exist, and a file that has its name is replaced
   * @param claim whose its part file is
   * @param working is told of each file that is begun; may throw to end it
   */
  public Packing(Path target, ArchiveFormat format, PartClaim claim, Consumer<String> working) {
    this.target = target.toAbsolutePath();
    this.format = format;
    this.claim = claim;
    this.working = working;
  }

  /**
   * Packs.
   *
   * @param members in any order; they go in sorted by their names
   * @throws ArchiveRefusedException if a name would not be unpacked again, two are one, or the
   *     target is no file
   * @throws IOException if a file cannot be read, changed meanwhile, or the archive not be written
   */
  public Packed pack(List<ArchiveMember> members) throws IOException {
    List<ArchiveMember> sorted =
        members.stream().sorted(Comparator.comparing(ArchiveMember::name)).toList();
    requireNames(sorted);
    Path parent = Objects.requireNonNull(target.getParent(), "a directory");
    String name = String.valueOf(target.getFileName());
    String part = claim.part(name);
    try (DirectoryHandle directory = DirectoryHandle.open(parent)) {
      if (directory.attributes(name).filter(each -> !each.isRegularFile()).isPresent()) {
        throw new ArchiveRefusedException(
            "%s is there and is no file, which no archive replaces".formatted(target));
      }
      for (String each : claim.earlierParts(name)) {
        directory.deleteIfExists(each);
      }
      try (FileChannel channel =
          directory.openFile(
              part,
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE)) {
        Packed packed = write(channel, sorted);
        directory.rename(part, name);
        directory.force();
        return packed;
      } catch (IOException | RuntimeException e) {
        discard(directory, part, e);
        throw e;
      }
    }
  }

  private static void requireNames(List<ArchiveMember> members) throws ArchiveRefusedException {
    EntryNames names = new EntryNames(ArchiveLimits.OWN.nameBytes());
    for (ArchiveMember each : members) {
      names.take(each.name(), each.isDirectory());
      try {
        SafePath.requireTellable(each.name());
      } catch (UnsafePathException e) {
        throw new ArchiveRefusedException(String.valueOf(e.getMessage()));
      }
    }
  }

  private static void discard(DirectoryHandle directory, String part, Exception failure) {
    try {
      directory.deleteIfExists(part);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private Packed write(FileChannel channel, List<ArchiveMember> members) throws IOException {
    Map<String, Put> put = new HashMap<>();
    long bytes = 0;
    try (ArchiveOutput out =
        format == ArchiveFormat.ZIP ? new ZipOutput(channel) : new TarOutput(channel, format)) {
      for (ArchiveMember each : members) {
        working.accept(each.name());
        if (each.isDirectory()) {
          out.directory(each.name(), seconds(Files.getLastModifiedTime(each.path()).toInstant()));
        } else {
          Put one = file(out, each);
          put.put(each.name(), one);
          bytes += one.sizeBytes();
        }
      }
      out.finish();
    }
    channel.force(true);
    prove(channel, put);
    return new Packed(channel.size(), digest(channel), bytes);
  }

  private Put file(ArchiveOutput out, ArchiveMember member) throws IOException {
    MessageDigest sha = sha256();
    try (SourceFile source = SourceFile.open(member.path())) {
      long size = source.identity().sizeBytes();
      out.begin(member.name(), size, seconds(source.identity().modified().orElse(Instant.EPOCH)));
      for (long at = 0; at < size; ) {
        int length = (int) Math.min(buffer.length, size - at);
        source.read(at, ByteBuffer.wrap(buffer, 0, length));
        sha.update(buffer, 0, length);
        out.write(buffer, length);
        at += length;
      }
      out.end();
      source.requireUnchanged();
      return new Put(size, digest(sha));
    }
  }

  // what all kinds of archives can tell
  private static Instant seconds(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS);
  }

  private void prove(FileChannel channel, Map<String, Put> put) throws IOException {
    Map<String, Put> missing = new HashMap<>(put);
    new ArchiveReader(format, ArchiveLimits.OWN)
        .read(
            channel,
            new ArchiveVisitor() {
              @Override
              public void directory(String name) {}

              @Override
              public void file(String name, Optional<Instant> modified, EntryContent content)
                  throws IOException {
                MessageDigest sha = sha256();
                long size = 0;
                for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
                  sha.update(buffer, 0, read);
                  size += read;
                }
                Put wanted = missing.remove(name);
                if (!new Put(size, digest(sha)).equals(wanted)) {
                  throw new BrokenArchiveException(
                      "what was written of \"%s\" is not what was read again".formatted(name),
                      null);
                }
              }
            });
    if (!missing.isEmpty()) {
      throw new BrokenArchiveException(
          "%d files that were written are not read again".formatted(missing.size()), null);
    }
  }

  private Digest digest(FileChannel channel) throws IOException {
    MessageDigest sha = sha256();
    ByteBuffer bytes = ByteBuffer.wrap(buffer);
    long at = 0;
    int read = channel.read(bytes.clear(), at);
    while (read > 0) {
      sha.update(buffer, 0, read);
      at += read;
      read = channel.read(bytes.clear(), at);
    }
    return digest(sha);
  }

  private static Digest digest(MessageDigest sha) {
    return Digest.of(Digest.Algorithm.SHA_256, sha.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}

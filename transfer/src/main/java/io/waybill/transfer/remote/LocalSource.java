package io.waybill.transfer.remote;

import io.waybill.transfer.Digest;
import io.waybill.transfer.Location;
import io.waybill.transfer.SourceIdentity;
import io.waybill.transfer.file.LocalFailures;
import io.waybill.transfer.file.SafePath;
import io.waybill.transfer.file.SourceFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** A file of this machine that is sent. */
final class LocalSource implements UploadSource {
  private static final int BLOCK_BYTES = 256 << 10;

  private final SourceFile file;
  private final @Nullable SafePath place;

  private LocalSource(SourceFile file, @Nullable SafePath place) {
    this.file = file;
    this.place = place;
  }

  static LocalSource open(Path path) {
    try {
      return new LocalSource(SourceFile.open(path), null);
    } catch (IOException e) {
      throw LocalFailures.translate(path, e);
    }
  }

  /** Opens a file of a tree, through no link. */
  static LocalSource open(Path root, String path) {
    try {
      SafePath place = SafePath.open(root, path);
      try {
        return new LocalSource(SourceFile.open(place.directory(), place.name()), place);
      } catch (IOException | RuntimeException e) {
        try (place) {
          throw e;
        }
      }
    } catch (IOException e) {
      throw LocalFailures.translate(root.resolve(path), e);
    }
  }

  private interface Reading<T> {
    T read() throws IOException;
  }

  // what goes wrong here must not be taken for a lost connection
  private <T> T here(Reading<T> reading) {
    try {
      return reading.read();
    } catch (IOException e) {
      throw LocalFailures.translate(file.path(), e);
    }
  }

  @Override
  public SourceIdentity identity() {
    return file.identity();
  }

  @Override
  public OptionalInt mode() {
    return file.mode();
  }

  @Override
  public Location location() {
    return Location.of(file.path());
  }

  @Override
  public String place() {
    return file.path().toAbsolutePath().toString();
  }

  @Override
  public ByteSupply from(long offset) {
    long[] at = {offset};
    return bytes -> {
      int length = (int) Math.min(bytes.length, identity().sizeBytes() - at[0]);
      fill(at[0], ByteBuffer.wrap(bytes, 0, length));
      at[0] += length;
      return length;
    };
  }

  @Override
  public void read(long from, long to, ByteSink sink) throws IOException {
    byte[] bytes = new byte[(int) Math.min(BLOCK_BYTES, to - from)];
    boolean isMoreWanted = true;
    for (long at = from; at < to && isMoreWanted; at += bytes.length) {
      int length = (int) Math.min(bytes.length, to - at);
      fill(at, ByteBuffer.wrap(bytes, 0, length));
      isMoreWanted = sink.accept(bytes, length);
    }
  }

  private void fill(long offset, ByteBuffer into) {
    here(
        () -> {
          file.read(offset, into);
          return into;
        });
  }

  @Override
  public Digest digest(Digest.Algorithm algorithm) {
    return here(() -> file.digest(algorithm));
  }

  @Override
  public void requireUnchanged() {
    here(
        () -> {
          file.requireUnchanged();
          return file;
        });
  }

  @Override
  public void close() {
    here(
        () -> {
          try (SafePath directory = place) {
            file.close();
          }
          return file;
        });
  }
}

package io.waybill.transfer.sync;

import io.waybill.transfer.Digest;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.file.DirectoryHandle;
import io.waybill.transfer.file.LocalFailures;
import io.waybill.transfer.file.PathFilter;
import io.waybill.transfer.file.SafePath;
import io.waybill.transfer.file.SourceFile;
import io.waybill.transfer.file.TreeWalker;
import io.waybill.transfer.file.UnsafePathException;
import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A directory of this machine. What is below it is reached one segment at a time through directory
 * handles and never through a link; a copy goes by path, once the way to it was found free of them.
 */
public final class LocalSide implements Side {
  // the most useful first: the first one wanted is computed
  private static final List<Digest.Algorithm> ALGORITHMS =
      List.of(
          Digest.Algorithm.SHA_256,
          Digest.Algorithm.SHA_512,
          Digest.Algorithm.SHA_256_TREE,
          Digest.Algorithm.SHA_1,
          Digest.Algorithm.MD5,
          Digest.Algorithm.CRC32C);
  private static final Duration KEPT = Duration.ofNanos(1000); // see KeptTime

  private final Path base;
  private final boolean trustsNames;

  private LocalSide(Path base, boolean trustsNames) {
    this.base = base.toAbsolutePath().normalize();
    this.trustsNames = trustsNames;
  }

  /**
   * Stands for a directory that may get new names from another machine: what {@link SafePath}
   * refuses is refused.
   */
  public static LocalSide of(Path base) {
    return new LocalSide(base, false);
  }

  /**
   * Stands for a directory whose new names come from this machine, too, so that each is allowed
   * that this machine has itself, as {@code 12:30.log} on Linux.
   */
  public static LocalSide ofThisMachine(Path base) {
    return new LocalSide(base, true);
  }

  @Override
  public Listing list(PathFilter filter) {
    try (TreeWalker walker = TreeWalker.open(base, filter)) {
      return new LocalListing(base).of(walker);
    } catch (IOException e) {
      throw LocalFailures.translate(base, e);
    }
  }

  private TransferException translated(String path, IOException cause) {
    return LocalListing.translated(base, path, cause);
  }

  @Override
  public Optional<Digest> digest(String path, Set<Digest.Algorithm> wanted) {
    return firstOf(wanted)
        .map(
            algorithm ->
                at(
                    path,
                    place -> {
                      try (SourceFile file = SourceFile.open(place.directory(), place.name())) {
                        Digest digest = file.digest(algorithm);
                        file.requireUnchanged();
                        return digest;
                      }
                    }));
  }

  /** Returns the most useful of some algorithms. */
  static Optional<Digest.Algorithm> firstOf(Set<Digest.Algorithm> wanted) {
    return ALGORITHMS.stream().filter(wanted::contains).findFirst();
  }

  @Override
  public boolean digestsAnything() {
    return true;
  }

  @Override
  public Duration timeResolution() {
    return KEPT;
  }

  @Override
  public String sourceName(String path) {
    return name(path);
  }

  @Override
  public String targetName(String path) {
    requireNew(path);
    return name(path);
  }

  private String name(String path) {
    return at(path, place -> place.directory().path().resolve(place.name()).toString());
  }

  @Override
  public void makeDirectory(String path) {
    if (path.isEmpty()) {
      makeBase();
      return;
    }
    requireNew(path);
    String parent = PathOrder.parent(path);
    if (!parent.isEmpty() && !isThere(parent)) {
      makeDirectory(parent);
    }
    at(
        path,
        place -> {
          place.directory().childOrMake(place.name()).close();
          return place;
        });
  }

  private void makeBase() {
    try {
      Files.createDirectories(base);
    } catch (IOException e) {
      throw LocalFailures.translate(base, e);
    }
  }

  private boolean isThere(String directory) {
    try {
      return at(directory, place -> place.directory().attributes(place.name()).isPresent());
    } catch (TransferException.NotFound e) {
      return false;
    }
  }

  @Override
  public void rename(String from, String to) {
    requireNew(to);
    at(
        from,
        old -> {
          BasicFileAttributes found = require(old, from);
          try (Place made = open(to)) {
            Optional<BasicFileAttributes> there = made.directory().attributes(made.name());
            // on a disk that does not tell upper from lower case both may be one file
            if (there.isPresent()
                && (found.fileKey() == null || !found.fileKey().equals(there.get().fileKey()))) {
              throw new TransferException.Refused(
                  0, false, base.resolve(to) + " exists already; compare the trees again", null);
            }
            old.directory().rename(old.name(), made.directory(), made.name());
            made.directory().force();
          }
          old.directory().force();
          return found;
        });
  }

  @Override
  public void delete(String path) {
    at(
        path,
        place -> {
          if (!require(place, path).isRegularFile()) {
            throw new IOException(path + " is not a regular file any more; compare again");
          }
          return place.directory().deleteIfExists(place.name());
        });
  }

  @Override
  public void removeDirectory(String path) {
    at(
        path,
        place -> {
          require(place, path);
          try {
            place.directory().deleteDirectory(place.name());
          } catch (DirectoryNotEmptyException e) {
            throw new TransferException.Refused(
                0, false, base.resolve(path) + " is not empty; it stays", e);
          }
          return place;
        });
  }

  private BasicFileAttributes require(Place place, String path) throws IOException {
    return place
        .directory()
        .attributes(place.name())
        .orElseThrow(() -> new NoSuchFileException(base.resolve(path).toString()));
  }

  @Override
  public void setModified(String path, Instant modified) {
    at(
        path,
        place -> {
          place.directory().setModified(place.name(), modified);
          return place;
        });
  }

  private void requireNew(String path) {
    try {
      if (trustsNames) {
        SafePath.requireTellable(path);
      } else {
        SafePath.segments(path);
      }
    } catch (UnsafePathException e) {
      throw new TransferException.Refused(0, false, String.valueOf(e.getMessage()), e);
    }
  }

  /** An opened directory and a name in it. */
  private record Place(DirectoryHandle directory, String name) implements Closeable {
    @Override
    public void close() throws IOException {
      directory.close();
    }
  }

  private interface Work<T> {
    T at(Place place) throws IOException;
  }

  private <T> T at(String path, Work<T> work) {
    try (Place place = open(path)) {
      return work.at(place);
    } catch (IOException e) {
      throw translated(path, e);
    }
  }

  private Place open(String path) throws IOException {
    String[] segments = path.split("/", -1);
    for (String each : segments) {
      boolean isCut = File.separatorChar != '/' && each.indexOf(File.separatorChar) >= 0;
      if (each.isEmpty() || each.equals(".") || each.equals("..") || isCut) {
        throw new UnsafePathException(path, "it leads out of the tree");
      }
    }
    DirectoryHandle at = DirectoryHandle.open(base);
    for (int i = 0; i < segments.length - 1; i++) {
      try (DirectoryHandle parent = at) {
        at = parent.child(segments[i]);
      }
    }
    return new Place(at, segments[segments.length - 1]);
  }

  @Override
  public String toString() {
    return base.toString();
  }
}

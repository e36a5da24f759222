package io.waybill.jobs.step;

import io.waybill.jobs.step.Selection.Selected;
import io.waybill.transfer.Digest;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.WebQuery;
import io.waybill.transfer.sidecar.Sidecar;
import io.waybill.transfer.sidecar.SidecarFile;
import io.waybill.transfer.sidecar.SidecarName;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Finds what sidecars say of files that are to be copied: a file's own one beside it, else one of
 * many files there, and in a tree then in the directories above up to the tree's root. What was
 * looked at is kept for the next files, as far as memory allows.
 */
final class SidecarFinder {
  private static final int DIRECTORIES_KEPT = 64;
  private static final int FILES_KEPT = 4; // of 16 MiB of text at most, each

  private final Sessions sessions;
  private final Optional<Digest.Algorithm> only;
  private final Map<String, SidecarNames> directories = lately(DIRECTORIES_KEPT);
  private final Map<String, SidecarFile> files = lately(FILES_KEPT);

  /**
   * What a sidecar says.
   *
   * @param sidecar where it is
   */
  record Told(Digest digest, Place sidecar) {}

  /**
   * Prepares.
   *
   * @param only the algorithm of those that count; empty for any
   */
  SidecarFinder(Sessions sessions, Optional<Digest.Algorithm> only) {
    this.sessions = sessions;
    this.only = only;
  }

  private static <V> Map<String, V> lately(int most) {
    return new LinkedHashMap<>(16, 0.75f, true) {
      private static final long serialVersionUID = 1L;

      @Override
      protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
        return size() > most;
      }
    };
  }

  /**
   * Finds what is told of a file.
   *
   * @return empty if no sidecar tells of it
   * @throws TransferException if one cannot be read, or not be believed; another is not tried then
   */
  Optional<Told> find(Selected file) {
    String path = path(file.place());
    String name = last(path);
    Place directory = file.place().withPath(parent(path));
    SidecarNames names = names(directory);
    for (String each : names.own(name)) {
      Place sidecar = directory.withPath(join(directory.path(), each));
      Optional<Sidecar> found = SidecarReader.read(sidecar, sessions).of(name).filter(this::counts);
      if (found.isPresent()) {
        return found.map(told -> new Told(told.digest(), sidecar));
      }
    }
    String below = name;
    String rest = parent(file.name());
    while (true) {
      Optional<Told> found = shared(directory, below, file.name().indexOf('/') < 0);
      if (found.isPresent() || rest.isEmpty()) {
        return found;
      }
      below = last(rest) + "/" + below;
      rest = parent(rest);
      directory = file.place().withPath(parent(directory.path()));
    }
  }

  private Optional<Told> shared(Place directory, String name, boolean isAlone) {
    for (String each : names(directory).shared()) {
      Place sidecar = directory.withPath(join(directory.path(), each));
      SidecarFile content =
          files.computeIfAbsent(sidecar.toString(), key -> SidecarReader.read(sidecar, sessions));
      Optional<Sidecar> found = content.exactly(name);
      if (found.isEmpty() && isAlone) {
        found = fromAbove(content, directory.path(), name);
      }
      found = found.filter(this::counts);
      if (found.isPresent()) {
        return found.map(told -> new Told(told.digest(), sidecar));
      }
    }
    return Optional.empty();
  }

  private boolean counts(Sidecar sidecar) {
    return only.isEmpty() || only.get() == sidecar.algorithm();
  }

  // one that was made in a directory above names the directories on the way
  private static Optional<Sidecar> fromAbove(SidecarFile content, String directory, String name) {
    String rest = directory.replaceAll("/+$", "");
    String named = name;
    Optional<Sidecar> found = Optional.empty();
    while (found.isEmpty() && !rest.isEmpty()) {
      named = last(rest) + "/" + named;
      rest = rest.substring(0, Math.max(0, rest.lastIndexOf('/')));
      found = content.exactly(named);
    }
    return found;
  }

  /** Says whether a file is a sidecar itself: one of many files, or of one that is beside it. */
  boolean isSidecar(Selected file) {
    String path = path(file.place());
    return names(file.place().withPath(parent(path))).isSidecar(last(path));
  }

  /** Says whether a file is the sidecar of that algorithm of one that is beside it. */
  boolean isOwn(Selected file, Digest.Algorithm algorithm) {
    String name = last(path(file.place()));
    return SidecarName.file(name)
            .filter(of -> SidecarName.ofFile(of, algorithm).equals(name))
            .isPresent()
        && isSidecar(file);
  }

  private SidecarNames names(Place directory) {
    return directories.computeIfAbsent(
        directory.toString(), key -> SidecarNames.in(directory, sessions));
  }

  // a web address' query is no part of a name
  static String path(Place place) {
    return WebQuery.without(place.path());
  }

  /** Returns the directory of a path; that of {@code /x} is {@code /}, that of {@code x} empty. */
  static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return path.substring(0, slash <= 0 ? slash + 1 : slash);
  }

  static String last(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  static String join(String directory, String name) {
    return directory.isEmpty() || directory.endsWith("/")
        ? directory + name
        : directory + "/" + name;
  }
}

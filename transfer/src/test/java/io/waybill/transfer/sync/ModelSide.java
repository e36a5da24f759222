package io.waybill.transfer.sync;

import io.waybill.transfer.Digest;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.Location;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.TreeReceipt;
import io.waybill.transfer.Verification;
import io.waybill.transfer.file.PathFilter;
import io.waybill.transfer.file.PlainDigest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/** A tree in memory. Does only what a file system would do: no file without its directory. */
final class ModelSide implements Side {
  /** What is at a path. */
  record Node(FileEntry.Kind kind, String content, Instant modified) {}

  final Map<String, Node> nodes = new TreeMap<>();
  final List<TreeReceipt.Failure> failures = new ArrayList<>();
  final List<String> digested = new ArrayList<>();
  Set<Digest.Algorithm> algorithms = Set.of(Digest.Algorithm.values());
  Duration resolution = Duration.ofNanos(1000);
  boolean exists = true;

  ModelSide file(String path, String content, Instant modified) {
    String parent = PathOrder.parent(path);
    if (!parent.isEmpty()) {
      directory(parent);
    }
    nodes.put(path, new Node(FileEntry.Kind.FILE, content, modified));
    return this;
  }

  ModelSide directory(String path) {
    String parent = PathOrder.parent(path);
    if (!parent.isEmpty()) {
      directory(parent);
    }
    nodes.put(path, new Node(FileEntry.Kind.DIRECTORY, "", Instant.EPOCH));
    return this;
  }

  ModelSide link(String path) {
    nodes.put(path, new Node(FileEntry.Kind.LINK, "", Instant.EPOCH));
    return this;
  }

  /** Copies as a copier of the real sides does. */
  static Copier between(ModelSide source, ModelSide target) {
    return (from, to, options) -> {
      Node node = source.nodes.get(from);
      if (node == null) {
        throw missing(from);
      }
      target.requireParent(to);
      Node old = target.nodes.get(to);
      if (old != null && old.kind() != FileEntry.Kind.FILE) {
        throw new TransferException.Refused(0, false, to + " is no file", null);
      }
      target.nodes.put(to, node);
      return TransferReceipt.builder()
          .source(Location.of(Path.of("/source")))
          .target(Location.of(Path.of("/target")))
          .started(Instant.EPOCH)
          .bytes(node.content().length())
          .verification(Verification.SIZE_MTIME)
          .build();
    };
  }

  private void requireParent(String path) {
    String parent = PathOrder.parent(path);
    if (!parent.isEmpty()
        && (!nodes.containsKey(parent) || nodes.get(parent).kind() != FileEntry.Kind.DIRECTORY)) {
      throw missing(parent);
    }
  }

  private static TransferException missing(String path) {
    return new TransferException.NotFound(path, "No " + path, null);
  }

  @Override
  public Listing list(PathFilter filter) {
    if (!exists) {
      throw missing("");
    }
    List<ListedEntry> entries = new ArrayList<>();
    nodes.forEach(
        (path, node) ->
            entries.add(
                ListedEntry.of(
                    new FileEntry(
                        path,
                        node.kind(),
                        node.kind() == FileEntry.Kind.FILE
                            ? node.content().length()
                            : FileEntry.UNKNOWN_SIZE,
                        Optional.of(node.modified()),
                        OptionalInt.empty()))));
    return Listing.of(entries, failures);
  }

  @Override
  public Optional<Digest> digest(String path, Set<Digest.Algorithm> wanted) {
    Node node = nodes.get(path);
    if (node == null) {
      throw missing(path);
    }
    digested.add(path);
    return algorithms.stream()
        .filter(wanted::contains)
        .filter(each -> each != Digest.Algorithm.SHA_256_TREE)
        .sorted()
        .findFirst()
        .map(
            algorithm -> {
              PlainDigest digest = new PlainDigest(algorithm);
              byte[] bytes = node.content().getBytes(StandardCharsets.UTF_8);
              digest.update(bytes, 0, bytes.length);
              return digest.digest();
            });
  }

  @Override
  public boolean digestsAnything() {
    return algorithms.size() > 1;
  }

  @Override
  public Duration timeResolution() {
    return resolution;
  }

  @Override
  public String sourceName(String path) {
    return path;
  }

  @Override
  public String targetName(String path) {
    return path;
  }

  @Override
  public void makeDirectory(String path) {
    exists = true;
    if (!path.isEmpty()) {
      requireParent(path);
      if (nodes.putIfAbsent(path, new Node(FileEntry.Kind.DIRECTORY, "", Instant.EPOCH)) != null) {
        throw new TransferException.Refused(0, false, path + " is there", null);
      }
    }
  }

  @Override
  public void rename(String from, String to) {
    requireParent(to);
    Node node = nodes.remove(from);
    if (node == null || nodes.putIfAbsent(to, node) != null) {
      throw missing(from);
    }
  }

  @Override
  public void delete(String path) {
    Node node = nodes.remove(path);
    if (node == null || node.kind() != FileEntry.Kind.FILE) {
      throw missing(path);
    }
  }

  @Override
  public void removeDirectory(String path) {
    if (nodes.keySet().stream().anyMatch(each -> PathOrder.isBelow(each, path))) {
      throw new TransferException.Refused(0, false, path + " is not empty", null);
    }
    if (nodes.remove(path) == null) {
      throw missing(path);
    }
  }

  @Override
  public void setModified(String path, Instant modified) {
    nodes.computeIfPresent(path, (any, node) -> new Node(node.kind(), node.content(), modified));
  }
}

package io.waybill.transfer.sync;

import io.waybill.transfer.Digest;
import io.waybill.transfer.TransferException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Finds files that only have another name at the target: of one size, and then of one digest. Each
 * file is hashed once at most, and only if the other side has one of its size to offer.
 */
final class PlannedRenames {
  private final DigestPair digests;

  PlannedRenames(DigestPair digests) {
    this.digests = digests;
  }

  /**
   * Pairs files up, each at most once; empty files are no pair.
   *
   * @param missing files that the target lacks
   * @param extras files that it alone has
   * @return the target's file by the path that it gets
   */
  Map<String, ListedEntry> find(List<ListedEntry> missing, List<ListedEntry> extras) {
    Map<Long, List<ListedEntry>> bySize = new HashMap<>();
    for (ListedEntry each : extras) {
      if (each.sizeBytes() > 0) {
        bySize.computeIfAbsent(each.sizeBytes(), size -> new ArrayList<>()).add(each);
      }
    }
    Map<String, ListedEntry> found = new HashMap<>();
    Map<Long, Map<Digest, Deque<ListedEntry>>> hashed = new HashMap<>();
    for (ListedEntry each : missing) {
      List<ListedEntry> candidates = bySize.get(each.sizeBytes());
      if (candidates == null || !haveOneAlgorithm(each, candidates.get(0))) {
        continue;
      }
      Map<Digest, Deque<ListedEntry>> byDigest =
          hashed.computeIfAbsent(each.sizeBytes(), size -> byDigest(candidates));
      Optional<Digest> digest = tried(() -> digests.ofSource(each.path()));
      Deque<ListedEntry> same = digest.map(byDigest::get).orElse(null);
      if (same != null && !same.isEmpty()) {
        found.put(each.path(), same.remove());
      }
    }
    return found;
  }

  private boolean haveOneAlgorithm(ListedEntry missing, ListedEntry extra) {
    return digests.hasAgreed()
        || tried(() -> digests.isEqual(missing.path(), extra.path())).isPresent();
  }

  // whose file cannot be read is no pair; the copy will say what is wrong with it
  private static <T> Optional<T> tried(Supplier<Optional<T>> asking) {
    try {
      return asking.get();
    } catch (TransferException.NotFound
        | TransferException.LocalFile
        | TransferException.Refused
        | TransferException.Integrity e) {
      return Optional.empty();
    }
  }

  private Map<Digest, Deque<ListedEntry>> byDigest(List<ListedEntry> candidates) {
    Map<Digest, Deque<ListedEntry>> byDigest = new HashMap<>();
    for (ListedEntry each : candidates) {
      tried(() -> digests.ofTarget(each.path()))
          .ifPresent(
              digest -> byDigest.computeIfAbsent(digest, any -> new ArrayDeque<>()).add(each));
    }
    return byDigest;
  }
}

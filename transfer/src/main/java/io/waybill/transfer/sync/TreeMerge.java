package io.waybill.transfer.sync;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Goes through two listings side by side, once, in the order of a walk. */
final class TreeMerge {
  /** Is told of each path that at least one side has. */
  @FunctionalInterface
  interface Visitor {
    void visit(@Nullable ListedEntry source, @Nullable ListedEntry target);
  }

  private TreeMerge() {}

  static void walk(List<ListedEntry> source, List<ListedEntry> target, Visitor visitor) {
    int s = 0;
    int t = 0;
    while (s < source.size() || t < target.size()) {
      int order =
          s == source.size()
              ? 1
              : t == target.size()
                  ? -1
                  : PathOrder.WALK.compare(source.get(s).path(), target.get(t).path());
      ListedEntry here = order <= 0 ? source.get(s++) : null;
      ListedEntry there = order >= 0 ? target.get(t++) : null;
      visitor.visit(here, there);
    }
  }
}

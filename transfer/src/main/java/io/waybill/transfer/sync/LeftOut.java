package io.waybill.transfer.sync;

import io.waybill.transfer.file.PartName;
import io.waybill.transfer.file.PathFilter;
import org.jspecify.annotations.Nullable;

/**
 * Which entries do not count, asked for in the order of a walk: those that a filter leaves out, our
 * own unfinished files, and whatever is below one.
 */
final class LeftOut {
  private final PathFilter filter;
  private @Nullable String last;
  private boolean isForeign;

  LeftOut(PathFilter filter) {
    this.filter = filter;
  }

  boolean covers(ListedEntry entry) {
    String path = entry.path();
    if (last != null && PathOrder.isBelow(path, last)) {
      return true;
    }
    boolean isUnwanted = entry.isDirectory() ? !filter.enters(path) : !filter.takesFile(path);
    String name = PathOrder.name(path);
    boolean isOut = isUnwanted || PartName.isReserved(name);
    if (isOut) {
      last = path;
    }
    isForeign = isOut && !isUnwanted && !PartName.isPart(name);
    return isOut;
  }

  /**
   * Says whether what was asked for last has a name like our unfinished files and is none: somebody
   * may miss it.
   */
  boolean isForeign(ListedEntry entry) {
    return isForeign && entry.path().equals(last);
  }

  /**
   * Says whether something of which only the path is known does not count, be it a file or a
   * directory.
   */
  static boolean hides(PathFilter filter, String path) {
    for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      if (!filter.enters(path.substring(0, slash))) {
        return true;
      }
    }
    return !path.isEmpty() && !filter.takesFile(path) && !filter.enters(path);
  }
}

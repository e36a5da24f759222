package io.waybill.transfer.watch;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** Tells each trouble when it begins and when it is over, and not at every look between. */
final class Troubles {
  // a directory of a million links: what comes after these is told as it comes and not remembered
  private static final int MOST_REMEMBERED = 10_000;

  private final Map<String, Standing> standing = new LinkedHashMap<>();
  private int look;

  private static final class Standing {
    WatchTrouble trouble;
    int look;

    Standing(WatchTrouble trouble, int look) {
      this.trouble = trouble;
      this.look = look;
    }
  }

  void begin() {
    look++;
  }

  void tell(WatchTrouble trouble, WatchHandler handler) {
    String key = trouble.kind() + " " + trouble.path();
    Standing known = standing.get(key);
    boolean isNew = known == null || !known.trouble.message().equals(trouble.message());
    if (known != null) {
      known.trouble = trouble;
      known.look = look;
    } else if (standing.size() < MOST_REMEMBERED) {
      standing.put(key, new Standing(trouble, look));
    }
    if (isNew) {
      handler.trouble(trouble);
    }
  }

  /**
   * Ends a look: what was not told in it is over.
   *
   * @param isComplete whether all there is was looked at
   */
  void end(boolean isComplete, WatchHandler handler) {
    if (!isComplete) {
      return;
    }
    Iterator<Standing> all = standing.values().iterator();
    while (all.hasNext()) {
      Standing each = all.next();
      if (each.look != look) {
        all.remove();
        handler.over(each.trouble);
      }
    }
  }
}

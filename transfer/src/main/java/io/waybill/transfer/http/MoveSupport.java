package io.waybill.transfer.http;

import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Finds out, once for each directory, whether a server has WebDAV's MOVE there. */
final class MoveSupport {
  private static final int MOST_REMEMBERED = 1000;
  private static final String NOBODY = ".waybill-nobody.wbpart";

  private final Publishing publishing;
  private final Map<String, Boolean> offered = new ConcurrentHashMap<>();

  MoveSupport(Publishing publishing) {
    this.publishing = publishing;
  }

  /** Says whether uploads into a directory are to go to their final names at once. */
  boolean publishesDirectly(HttpCaller caller, String directory) throws IOException {
    return switch (publishing) {
      case DIRECT -> true;
      case MOVE -> false;
      case AUTO -> !isOffered(caller, directory);
    };
  }

  /** Says whether the server has MOVE, and then MKCOL, in a directory. */
  boolean isOffered(HttpCaller caller, String directory) throws IOException {
    Boolean known = offered.get(directory);
    if (known != null) {
      return known;
    }
    boolean found = ask(caller, directory);
    if (offered.size() < MOST_REMEMBERED) {
      offered.put(directory, found);
    }
    return found;
  }

  private static boolean ask(HttpCaller caller, String directory) throws IOException {
    Reply options = caller.change("OPTIONS", directory, Map.of());
    if (options.isSuccess() && options.header("DAV").isPresent()) {
      return true;
    }
    if (options.isSuccess() && options.header("Allow").isPresent()) {
      return options.headers().allValues("Allow").stream()
          .flatMap(value -> Arrays.stream(value.split(",", -1)))
          .anyMatch(method -> method.strip().equals("MOVE"));
    }
    refuseIfUnclear(caller, options);
    // nginx answers no OPTIONS; where there is a MOVE, one of a name that is not there is a 404
    String from = directory + NOBODY;
    Reply move =
        caller.change(
            "MOVE",
            from,
            Map.of("Destination", caller.address(from + "2").toString(), "Overwrite", "F"));
    refuseIfUnclear(caller, move);
    return move.code() == 404;
  }

  private static void refuseIfUnclear(HttpCaller caller, Reply reply) throws HttpReplyException {
    boolean isMissing = reply.code() == 501 || reply.code() == 505;
    if (reply.code() == 401 || reply.code() == 429 || (reply.code() >= 500 && !isMissing)) {
      throw caller.refused(reply);
    }
  }
}

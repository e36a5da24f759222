package io.waybill.transfer.tcp;

import java.util.Set;

/**
 * What a server and this client have agreed on.
 *
 * @param user who is logged in, as the server sees it
 * @param version of the protocol
 * @param capabilities those that both have
 * @param streams how many connections a session may have
 * @param chunkLimitBytes the largest chunk
 */
public record ServerTerms(
    String user, int version, Set<String> capabilities, int streams, int chunkLimitBytes) {
  public ServerTerms {
    capabilities = Set.copyOf(capabilities);
  }
}

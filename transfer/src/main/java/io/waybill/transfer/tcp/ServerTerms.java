package io.waybill.transfer.tcp;

import java.util.Set;

/**
 * What a server and this client have agreed on.
 *
 * @param version of the protocol
 * @param capabilities those that both have
 * @param streams how many connections a session may have
 * @param chunkLimitBytes the largest chunk
 */
public record ServerTerms(int version, Set<String> capabilities, int streams, int chunkLimitBytes) {
  public ServerTerms {
    capabilities = Set.copyOf(capabilities);
  }
}

package io.waybill.jobs.sandbox;

/**
 * One file that {@link SampleFiles} wrote.
 *
 * @param name the path below the root, parts separated by {@code /}
 * @param sizeBytes its length
 * @param sha256 its SHA-256 in lower-case hexadecimal, as {@code sha256sum} prints it
 */
public record SampleFile(String name, long sizeBytes, String sha256) {}

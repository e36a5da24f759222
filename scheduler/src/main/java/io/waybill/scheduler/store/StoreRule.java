package io.waybill.scheduler.store;

/**
 * Something that holds of the rows of a sound store, beyond what its keys already say.
 *
 * @param table whose rows it is about, in lower case; without that table it says nothing
 * @param meaning what is wrong with a row that breaks it, for a person: "is finished and has no
 *     end"
 * @param query returns a short text for each row that breaks it, the same on H2 and PostgreSQL
 * @param isNote whether it is worth knowing, and no damage
 */
public record StoreRule(String table, String meaning, String query, boolean isNote) {}

/* The first place for PASID; 0 if the device has none. */
static inline uint16_t quirk_pasid_offset(const struct quirk_device *device)
{
	return device->place_count ? device->places[0].offset : 0;
}

/*
 * What a read of one byte of configuration space gives if it is one of the DVSEC's: 1 and the byte,
 * else 0.
 */
static inline int quirk_dvsec_read(const struct quirk_dvsec *dvsec, uint16_t offset, uint8_t *value)
{
	if (offset < dvsec->offset || offset - dvsec->offset >= dvsec->length)
		return 0;
	offset = (uint16_t)(offset - dvsec->offset);
	*value = offset < dvsec->bytes_length ? dvsec->bytes[offset] : 0;
	return 1;
}

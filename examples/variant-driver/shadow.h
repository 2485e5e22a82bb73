/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bytes of configuration space that this driver shows instead of the device's.
 */
#ifndef QUIRK_VFIO_SHADOW_H
#define QUIRK_VFIO_SHADOW_H

#include <linux/vfio_pci_core.h>

#include "quirk_devices.h"

/**
 * struct quirk_shadow - what is shown on top of the device
 * @mask:  the bits that are shown; writes to a byte with such a bit are dropped
 * @value: what they read
 */
struct quirk_shadow {
	u8 mask[PCI_CFG_SPACE_EXP_SIZE];
	u8 value[PCI_CFG_SPACE_EXP_SIZE];
};

void quirk_shadow_build(struct quirk_shadow *shadow, struct vfio_pci_core_device *vdev,
			const struct quirk_device *device);
ssize_t quirk_shadow_read(const struct quirk_shadow *shadow, struct vfio_device *core_vdev,
			  char __user *buf, size_t count, loff_t *ppos);
ssize_t quirk_shadow_write(const struct quirk_shadow *shadow, struct vfio_device *core_vdev,
			   const char __user *buf, size_t count, loff_t *ppos);

#endif

// SPDX-License-Identifier: GPL-2.0-only
/*
 * One VFIO variant driver for many devices: each shows the free-space DVSECs that its description declares, so that a VMM
 * learns where it may put a virtual PASID capability. Everything else is vfio-pci-core's.
 *
 * What differs between devices is data: quirk_devices.h, compiled from .quirk files.
 */
#include <linux/iommufd.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/pci-ats.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vfio.h>

#include "shadow.h"

static ushort pasid_feature;
module_param(pasid_feature, ushort, 0444);
MODULE_PARM_DESC(pasid_feature, "Index of the device feature that tells of PASID; 0: none. Linux has not assigned one.");

/* The data of the PASID feature, as it was proposed in April 2024. */
struct pasid_facts {
	__u16 capabilities;
#define PASID_FACTS_EXEC (1 << 0)
#define PASID_FACTS_PRIV (1 << 1)
	__u8 width;
	__u8 reserved;
};

struct quirk_vfio {
	struct vfio_pci_core_device core;
	const struct quirk_device *device;
	struct quirk_shadow *shadow;
};

static struct quirk_vfio *to_quirk(struct vfio_device *core_vdev)
{
	return container_of(core_vdev, struct quirk_vfio, core.vdev);
}

static int quirk_open_device(struct vfio_device *core_vdev)
{
	struct quirk_vfio *quirk = to_quirk(core_vdev);
	int ret;

	ret = vfio_pci_core_enable(&quirk->core);
	if (ret)
		return ret;
	/* The list that user space sees is known from here on. */
	quirk_shadow_build(quirk->shadow, &quirk->core, quirk->device);
	vfio_pci_core_finish_enable(&quirk->core);
	return 0;
}

static ssize_t quirk_read(struct vfio_device *core_vdev, char __user *buf, size_t count, loff_t *ppos)
{
	return quirk_shadow_read(to_quirk(core_vdev)->shadow, core_vdev, buf, count, ppos);
}

static ssize_t quirk_write(struct vfio_device *core_vdev, const char __user *buf, size_t count, loff_t *ppos)
{
	return quirk_shadow_write(to_quirk(core_vdev)->shadow, core_vdev, buf, count, ppos);
}

static int quirk_pasid_facts(struct pci_dev *pdev, u32 flags, void __user *arg, size_t argsz)
{
	/* A virtual function shares the PASID capability of its physical function. */
	struct pci_dev *owner = pci_physfn(pdev);
	struct pasid_facts facts = {};
	int ret;

	if (!owner->pasid_enabled)
		return -ENOTTY;
	ret = vfio_check_feature(flags, argsz, VFIO_DEVICE_FEATURE_GET, sizeof(facts));
	if (ret != 1)
		return ret;
	facts.width = ilog2(pci_max_pasids(owner));
	if (owner->pasid_features & PCI_PASID_CAP_EXEC)
		facts.capabilities |= PASID_FACTS_EXEC;
	if (owner->pasid_features & PCI_PASID_CAP_PRIV)
		facts.capabilities |= PASID_FACTS_PRIV;
	return copy_to_user(arg, &facts, sizeof(facts)) ? -EFAULT : 0;
}

static int quirk_device_feature(struct vfio_device *core_vdev, u32 flags, void __user *arg, size_t argsz)
{
	if (pasid_feature && (flags & VFIO_DEVICE_FEATURE_MASK) == pasid_feature)
		return quirk_pasid_facts(to_quirk(core_vdev)->core.pdev, flags, arg, argsz);
	return vfio_pci_core_ioctl_feature(core_vdev, flags, arg, argsz);
}

static const struct vfio_device_ops quirk_vfio_ops = {
	.name = "quirk-vfio-pci",
	.init = vfio_pci_core_init_dev,
	.release = vfio_pci_core_release_dev,
	.open_device = quirk_open_device,
	.close_device = vfio_pci_core_close_device,
	.ioctl = vfio_pci_core_ioctl,
	.get_region_info_caps = vfio_pci_ioctl_get_region_info,
	.device_feature = quirk_device_feature,
	.read = quirk_read,
	.write = quirk_write,
	.mmap = vfio_pci_core_mmap,
	.request = vfio_pci_core_request,
	.match = vfio_pci_core_match,
	.match_token_uuid = vfio_pci_core_match_token_uuid,
	.bind_iommufd = vfio_iommufd_physical_bind,
	.unbind_iommufd = vfio_iommufd_physical_unbind,
	.attach_ioas = vfio_iommufd_physical_attach_ioas,
	.detach_ioas = vfio_iommufd_physical_detach_ioas,
	.pasid_attach_ioas = vfio_iommufd_physical_pasid_attach_ioas,
	.pasid_detach_ioas = vfio_iommufd_physical_pasid_detach_ioas,
};

/* Serves the conditions of a description on the device's own bytes. */
static int read_config(void *context, uint16_t offset, uint8_t width, uint32_t *value)
{
	struct pci_dev *pdev = context;
	u16 word = 0;
	u8 byte = 0;
	int ret;

	if (offset + width > pdev->cfg_size)
		return 0;
	switch (width) {
	case 1:
		ret = pci_read_config_byte(pdev, offset, &byte);
		*value = byte;
		break;
	case 2:
		ret = pci_read_config_word(pdev, offset, &word);
		*value = word;
		break;
	default:
		ret = pci_read_config_dword(pdev, offset, value);
		break;
	}
	return ret ? -EIO : 1;
}

static const struct quirk_device *describe(struct pci_dev *pdev)
{
	const struct quirk_identity identity = {
		.class_code = pdev->class,
		.vendor = pdev->vendor,
		.device = pdev->device,
		.subsystem_vendor = pdev->subsystem_vendor,
		.subsystem_device = pdev->subsystem_device,
		.has_subsystem = pdev->hdr_type == PCI_HEADER_TYPE_NORMAL,
		.revision = pdev->revision,
		.function = pdev->is_virtfn ? QUIRK_FUNCTION_VIRTUAL : QUIRK_FUNCTION_PHYSICAL,
	};

	return quirk_find(&identity, read_config, pdev);
}

static int quirk_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	const struct quirk_device *device = describe(pdev);
	struct quirk_vfio *quirk;
	int ret;

	/* The ids are known, but not this revision, subsystem or function. */
	if (!device)
		return -ENODEV;
	quirk = vfio_alloc_device(quirk_vfio, core.vdev, &pdev->dev, &quirk_vfio_ops);
	if (IS_ERR(quirk))
		return PTR_ERR(quirk);
	quirk->device = device;
	quirk->shadow = devm_kzalloc(&pdev->dev, sizeof(*quirk->shadow), GFP_KERNEL);
	if (!quirk->shadow) {
		ret = -ENOMEM;
		goto put;
	}
	dev_set_drvdata(&pdev->dev, &quirk->core);
	ret = vfio_pci_core_register_device(&quirk->core);
	if (ret)
		goto put;
	pci_info(pdev, "%s (%s)\n", device->title, device->source);
	return 0;
put:
	vfio_put_device(&quirk->core.vdev);
	return ret;
}

static void quirk_remove(struct pci_dev *pdev)
{
	struct vfio_pci_core_device *core = dev_get_drvdata(&pdev->dev);

	vfio_pci_core_unregister_device(core);
	vfio_put_device(&core->vdev);
}

#define QUIRK_ID(vendor, device) { PCI_DRIVER_OVERRIDE_DEVICE_VFIO(vendor, device) }

static const struct pci_device_id quirk_vfio_ids[] = QUIRK_ID_TABLE;
MODULE_DEVICE_TABLE(pci, quirk_vfio_ids);

static struct pci_driver quirk_vfio_driver = {
	.name = "quirk-vfio-pci",
	.id_table = quirk_vfio_ids,
	.probe = quirk_probe,
	.remove = quirk_remove,
	.err_handler = &vfio_pci_core_err_handlers,
	.driver_managed_dma = true,
};
module_pci_driver(quirk_vfio_driver);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("VFIO for devices whose free configuration space is described");
